/** States that an inverse undoes its matrix. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { invertMatrix } from './invert-matrix.ts'

test.each([
  ['of nothing', [], []],
  ['of one number', [[4]], [[0.25]]],
  [
    'of a chain',
    [
      [1, -0.5],
      [0, 1],
    ],
    [
      [1, 0.5],
      [0, 1],
    ],
  ],
])('the inverse %s', (_, matrix, inverse) => {
  expect(invertMatrix(matrix)).toEqual(inverse)
})

test('a matrix times its inverse is the identity', () => {
  const anyMatrix = fc.integer({ min: 1, max: 12 }).chain((size) => {
    const row = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size })
    const rows = fc.array(row, { minLength: size, maxLength: size })
    const onDiagonal = (from: number, to: number) => (from === to ? size + 1 : 0)
    return rows.map((all) => all.map((one, from) => one.map((number, to) => number + onDiagonal(from, to))))
  })
  fc.assert(
    fc.property(anyMatrix, (matrix) => {
      const inverse = invertMatrix(matrix)
      for (const [from, row] of matrix.entries()) {
        for (const to of row.keys()) {
          const product = row.reduce((sum, number, at) => sum + number * inverse[at]![to]!, 0)
          expect(product).toBeCloseTo(from === to ? 1 : 0, 9)
        }
      }
    }),
  )
})
