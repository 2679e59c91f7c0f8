/** Prints a table: names to the left, figures to the right. */

/** A cell; undefined: it could not be measured here, or makes no sense. */
export type Cell = string | number | undefined

/** The lines of a table under its titles; numbers are rounded to three digits, and grouped from 1,000 on. */
export function formatTable(titles: string[], rows: Cell[][]): string {
  const texts = [titles, ...rows.map((row) => row.map(formatCell))]
  const widths = titles.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)))
  const lines = texts.map((row) =>
    widths.map((width, column) => pad(row[column] ?? '', width, column)).join('  '),
  )
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

export function formatCell(cell: Cell): string {
  if (cell === undefined) return '–'
  if (typeof cell === 'string') return cell
  if (cell === 0) return '0'
  if (cell >= 100) return Math.round(cell).toLocaleString('en')
  return cell.toPrecision(3)
}

/** A cell with its unit: `814 B`. */
export function formatAmount(amount: number | undefined, unit: string): Cell {
  return amount === undefined ? undefined : `${formatCell(amount)} ${unit}`
}

/** The middle of an odd number of figures, the lower one of an even number; undefined when one of them is missing. */
export function median(figures: (number | undefined)[]): number | undefined {
  const known = figures.filter((figure) => figure !== undefined)
  if (known.length < figures.length) return undefined
  return known.sort((a, b) => a - b)[(known.length - 1) >> 1]
}

/** `12.3 (11.9–14.0)`: the median, the lowest and the highest. */
export function formatRange(figures: (number | undefined)[]): Cell {
  const middle = median(figures)
  if (middle === undefined) return undefined
  const known = figures.filter((figure) => figure !== undefined)
  return `${formatCell(middle)} (${formatCell(Math.min(...known))}–${formatCell(Math.max(...known))})`
}

/** `≤ 4.00: met`, or missed; undefined where there is no figure. */
export function formatVerdict(figure: number | undefined, limit: number): Cell {
  return figure === undefined ? undefined : `≤ ${formatCell(limit)}: ${figure <= limit ? 'met' : 'missed'}`
}

const pad = (text: string, width: number, column: number) =>
  column === 0 ? text.padEnd(width) : text.padStart(width)
