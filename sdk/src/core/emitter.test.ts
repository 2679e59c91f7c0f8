/** States how notices reach their listeners. */
import { createFakeClock } from '@headwater/testkit/fake-ports'
import { expect, test } from 'vitest'
import { createEmitter } from './emitter.ts'
import { messageOf } from './messages.ts'

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

test('the same message of an error is emitted once', () => {
  const { on, complain } = setUp()
  const heard: string[] = []
  on('error', ({ message }) => heard.push(message))
  for (const found of ['a', 'b', 'a']) complain('illegal_id', found)
  complain('invalid_consent', 'a')
  expect(heard).toEqual([
    messageOf('illegal_id', 'a'),
    messageOf('illegal_id', 'b'),
    messageOf('invalid_consent', 'a'),
  ])
})

test('a listener that throws disturbs no other, and its error becomes an uncaught one', async () => {
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
