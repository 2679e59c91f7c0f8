import { expect, it } from 'vitest'
import { remember } from './remember.ts'

it('an answer is worked out once, until as many others came as are remembered', () => {
  const asked: string[] = []
  const upper = remember((text) => {
    asked.push(text)
    return text.toUpperCase()
  }, 2)
  expect(['a', 'a', 'b', 'a', 'c', 'a'].map(upper)).toEqual(['A', 'A', 'B', 'A', 'C', 'A'])
  expect(asked).toEqual(['a', 'b', 'c', 'a'])
})
