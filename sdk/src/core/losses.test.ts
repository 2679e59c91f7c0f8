/** States how losses are counted until the collector has received them. */
import { expect, test } from 'vitest'
import { createLosses } from './losses.ts'

const setUp = () => {
  const emitted: unknown[] = []
  return { emitted, ...createLosses((...notice) => emitted.push(notice)) }
}

test('losses are counted by reason', () => {
  const { lose, takeLosses } = setUp()
  lose('queue_full')
  lose('queue_full')
  lose('refused', { count: 3 })
  expect(takeLosses()).toEqual({ queue_full: 2, refused: 3 })
})

test('a loss is taken once', () => {
  const { lose, takeLosses } = setUp()
  lose('queue_full')
  takeLosses()
  expect(takeLosses()).toBeUndefined()
})

test('losses given back by a failed batch are added to later ones', () => {
  const { lose, takeLosses, giveBack } = setUp()
  lose('queue_full')
  const taken = takeLosses()
  lose('queue_full')
  giveBack(taken)
  expect(takeLosses()).toEqual({ queue_full: 2 })
})

test('giving nothing back is no loss', () => {
  const { takeLosses, giveBack } = setUp()
  giveBack(undefined)
  expect(takeLosses()).toBeUndefined()
})

test('a property that a page adds to every object is not a reason', () => {
  const everyObject = Object.prototype as { each?: unknown }
  const { takeLosses, giveBack } = setUp()
  everyObject.each = () => {}
  giveBack({ queue_full: 1 })
  Reflect.deleteProperty(everyObject, 'each')
  expect(takeLosses()).toEqual({ queue_full: 1 })
})

test('each loss is emitted at once, with what the collector said about it; giving back emits nothing', () => {
  const { lose, takeLosses, giveBack, emitted } = setUp()
  lose('refused', { code: 'too_large', message: 'Too large.' })
  giveBack(takeLosses())
  expect(emitted).toEqual([
    ['dropped', { reason: 'refused', count: 1, code: 'too_large', message: 'Too large.' }],
  ])
})
