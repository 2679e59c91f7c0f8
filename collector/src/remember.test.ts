import { expect, it } from 'vitest'
import { remember } from './remember.ts'

it('a result is computed once, until the memory is full', () => {
  const computed: string[] = []
  const upper = remember((text) => {
    computed.push(text)
    return text.toUpperCase()
  }, 2)
  expect(['a', 'a', 'b', 'a', 'c', 'a'].map(upper)).toEqual(['A', 'A', 'B', 'A', 'C', 'A'])
  expect(computed).toEqual(['a', 'b', 'c', 'a'])
})
