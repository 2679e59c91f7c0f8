/** Marks: figures that a run must reach, in one table whatever was measured. */
import { type Cell, formatCell, formatTable } from './table.ts'

export type Mark = {
  name: string
  /** Undefined: it could not be measured here. */
  figure: number | undefined
} & ({ atMost: number } | { atLeast: number })

/** One mark per line: what was measured, what is required, whether it is met. */
export function formatMarks(marks: readonly Mark[]): string {
  return formatTable(['', 'measured', 'mark', ''], marks.map(toCells))
}

export function isMet(mark: Mark): boolean | undefined {
  if (mark.figure === undefined) return undefined
  return 'atMost' in mark ? mark.figure <= mark.atMost : mark.figure >= mark.atLeast
}

/** `figure` divided by `of`; undefined when one of them is missing, or there is nothing to compare with. */
export function ratio(figure: number | undefined, of: number | undefined): number | undefined {
  return figure === undefined || !of ? undefined : figure / of
}

function toCells(mark: Mark): Cell[] {
  const limit = 'atMost' in mark ? `≤ ${formatCell(mark.atMost)}` : `≥ ${formatCell(mark.atLeast)}`
  const met = isMet(mark)
  return [mark.name, mark.figure, limit, met === undefined ? undefined : met ? 'met' : 'missed']
}
