/** States how paths are shortened. */
import { describe, expect, test } from 'vitest'
import { collapseRepeats, dropTrailing, dropUnlessAll, firstOfEach, latest } from './path-transforms.ts'

const isDirect = (step: string) => step === 'direct'
const itself = (step: string) => step
const path = ['direct', 'ad', 'ad', 'direct', 'ad', 'direct', 'direct']

describe('a path', () => {
  test.each([
    ['without direct', dropUnlessAll(path, isDirect), ['ad', 'ad', 'ad']],
    ['without trailing direct', dropTrailing(path, isDirect), ['direct', 'ad', 'ad', 'direct', 'ad']],
    ['without repeats in a row', collapseRepeats(path, itself), ['direct', 'ad', 'direct', 'ad', 'direct']],
    ['with the first step of each kind', firstOfEach(path, itself), ['direct', 'ad']],
    ['with its latest steps', latest(path, 3), ['ad', 'direct', 'direct']],
    ['shorter than the number of steps kept', latest(['ad'], 3), ['ad']],
    ['of which no step is kept', latest(path, 0), []],
  ])('%s', (_, shortened, steps) => {
    expect(shortened).toEqual(steps)
  })

  test.each([dropUnlessAll, dropTrailing])('of direct alone stays as it is under %o', (drop) => {
    expect(drop(['direct', 'direct'], isDirect)).toEqual(['direct', 'direct'])
    expect(drop([], isDirect)).toEqual([])
  })
})
