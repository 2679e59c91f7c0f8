/** States how losses are counted until the collector knows. */
import { expect, test } from 'vitest'
import { createDrops } from './drops.ts'

const setUp = () => {
  const said: unknown[] = []
  return { said, drops: createDrops((...notice) => said.push(notice)) }
}

test('losses are counted by reason', () => {
  const { drops } = setUp()
  drops.count('queue_full')
  drops.count('queue_full')
  drops.count('refused', { count: 3 })
  expect(drops.take()).toEqual({ queue_full: 2, refused: 3 })
})

test('reading the counts leaves them to be taken', () => {
  const { drops } = setUp()
  expect(drops.counts()).toBeUndefined()
  drops.count('queue_full')
  expect(drops.counts()).toEqual({ queue_full: 1 })
  expect(drops.take()).toEqual({ queue_full: 1 })
})

test('what was taken is told once', () => {
  const { drops } = setUp()
  drops.count('queue_full')
  drops.take()
  expect(drops.take()).toBeUndefined()
})

test('what a failed batch gives back joins what was lost meanwhile', () => {
  const { drops } = setUp()
  drops.count('queue_full')
  const taken = drops.take()
  drops.count('queue_full')
  drops.giveBack(taken)
  expect(drops.take()).toEqual({ queue_full: 2 })
})

test('giving nothing back is no loss', () => {
  const { drops } = setUp()
  drops.giveBack(undefined)
  expect(drops.take()).toBeUndefined()
})

test('each loss is said at once, with what the collector said of it; giving back says nothing', () => {
  const { drops, said } = setUp()
  drops.count('refused', { code: 'too_large', message: 'Too large.' })
  drops.giveBack(drops.take())
  expect(said).toEqual([
    ['dropped', { reason: 'refused', count: 1, code: 'too_large', message: 'Too large.' }],
  ])
})
