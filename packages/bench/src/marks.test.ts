/** When a mark is met, and how it is printed. */
import { expect, it } from 'vitest'
import { formatMarks, isMet, ratio } from './marks.ts'

it('a figure at its limit meets the mark, on either side', () => {
  const figures = [0.9, 1, 1.1]
  expect(figures.map((figure) => isMet({ name: 'cost', figure, atMost: 1 }))).toEqual([true, true, false])
  expect(figures.map((figure) => isMet({ name: 'rate', figure, atLeast: 1 }))).toEqual([false, true, true])
})

it('a figure that could not be measured is neither met nor missed', () => {
  expect(isMet({ name: 'memory', figure: undefined, atMost: 80 })).toBeUndefined()
  expect(formatMarks([{ name: 'memory', figure: undefined, atMost: 80 }])).not.toMatch(/met|missed/)
})

it('nothing is compared with nothing', () => {
  expect([ratio(3, 2), ratio(undefined, 2), ratio(3, undefined), ratio(3, 0)]).toEqual([
    1.5,
    undefined,
    undefined,
    undefined,
  ])
})

it('a mark is printed with its limit and its verdict', () => {
  const table = formatMarks([
    { name: 'lost events', figure: 0, atMost: 0 },
    { name: 'of COPY', figure: 0.2, atLeast: 0.25 },
  ])
  expect(table).toMatch(/lost events +0 +≤ 0 +met/)
  expect(table).toMatch(/of COPY +0\.200 +≥ 0\.250 +missed/)
})
