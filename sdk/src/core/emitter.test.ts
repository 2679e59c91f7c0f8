/** States how notices reach their listeners. */
import { createFakeClock } from '@headwater/testkit/fake-ports'
import { expect, test } from 'vitest'
import { createEmitter } from './emitter.ts'

const lost = { reason: 'queue_full', count: 1 } as const

function setUp() {
  const clock = createFakeClock()
  return { clock, ...createEmitter(clock) }
}

test('a listener hears the notices of its name, and no others', () => {
  const { on, emit } = setUp()
  const heard: unknown[] = []
  on('dropped', (notice) => heard.push(notice))
  emit('dropped', lost)
  emit('delivered', { accepted: 1, duplicate: 0, rejected: 0 })
  expect(heard).toEqual([lost])
})

test('each subscription ends by its own undo, also in the middle of a notice', () => {
  const { on, emit } = setUp()
  const heard: string[] = []
  const undo = on('dropped', () => {
    heard.push('once')
    undo()
  })
  on('dropped', () => heard.push('always'))
  emit('dropped', lost)
  emit('dropped', lost)
  undo()
  expect(heard).toEqual(['once', 'always', 'always'])
})

test('a subscription that another listener ends does not hear the notice any more', () => {
  const { on, emit } = setUp()
  const heard: string[] = []
  on('dropped', () => undo())
  const undo = on('dropped', () => heard.push('late'))
  emit('dropped', lost)
  expect(heard).toEqual([])
})

test('a listener does not hear the notices that it causes itself, so it never calls itself', () => {
  const { on, emit } = setUp()
  const heard: string[] = []
  on('dropped', () => {
    heard.push('cause')
    emit('dropped', lost)
  })
  on('dropped', () => heard.push('other'))
  emit('dropped', lost)
  expect(heard).toEqual(['cause', 'other', 'other'])
})

test('a listener that throws disturbs nobody, and its error surfaces by itself', async () => {
  const { clock, on, emit } = setUp()
  const heard: string[] = []
  on('dropped', () => {
    throw new Error('a bug of the page')
  })
  on('dropped', () => heard.push('next'))
  emit('dropped', lost)
  expect(heard).toEqual(['next'])
  await expect(clock.advance(0)).rejects.toThrow('a bug of the page')
})
