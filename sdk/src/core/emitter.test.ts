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

test('a listener receives the notices of its name, and no others', () => {
  const { on, emit } = setUp()
  const received: unknown[] = []
  on('dropped', (notice) => received.push(notice))
  emit('dropped', lost)
  emit('delivered', { accepted: 1, duplicate: 0, rejected: 0 })
  expect(received).toEqual([lost])
})

test('each subscription has its own undo, which works in the middle of a notice', () => {
  const { on, emit } = setUp()
  const received: string[] = []
  const undo = on('dropped', () => {
    received.push('once')
    undo()
  })
  on('dropped', () => received.push('always'))
  emit('dropped', lost)
  emit('dropped', lost)
  undo()
  expect(received).toEqual(['once', 'always', 'always'])
})

test('a listener does not receive notices that it causes itself, so it never calls itself', () => {
  const { on, emit } = setUp()
  const received: string[] = []
  on('dropped', () => {
    received.push('cause')
    emit('dropped', lost)
  })
  on('dropped', () => received.push('other'))
  emit('dropped', lost)
  expect(received).toEqual(['cause', 'other', 'other'])
})

test('the same message of an error is emitted once', () => {
  const { on, complain } = setUp()
  const received: string[] = []
  on('error', ({ message }) => received.push(message))
  for (const found of ['a', 'b', 'a']) complain('illegal_id', found)
  complain('invalid_consent', 'a')
  expect(received).toEqual([
    messageOf('illegal_id', 'a'),
    messageOf('illegal_id', 'b'),
    messageOf('invalid_consent', 'a'),
  ])
})

test('a listener that throws does not affect others, and its error becomes an uncaught one', async () => {
  const { clock, on, emit } = setUp()
  const received: string[] = []
  on('dropped', () => {
    throw new Error('a bug of the page')
  })
  on('dropped', () => received.push('next'))
  emit('dropped', lost)
  expect(received).toEqual(['next'])
  await expect(clock.advance(0)).rejects.toThrow('a bug of the page')
})
