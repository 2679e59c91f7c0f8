/** States what a person reads in the console while an event is on its way. */
import { createRecordingClient, type RecordingClient } from '@headwater/testkit/recording-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { debug } from './debug.ts'

const purchase = { idempotency_key: '01990000-0000-7000-8000-00000000a1f3', type: 'track', name: 'purchase' }
const signIn = { idempotency_key: '01990000-0000-7000-8000-00000000b2c4', type: 'identify' }
let client: RecordingClient
let undo: () => void
let said: string[]

beforeEach(() => {
  vi.useFakeTimers()
  said = []
  vi.spyOn(console, 'info').mockImplementation((line) => void said.push(line))
  vi.spyOn(console, 'warn').mockImplementation((line) => void said.push(`! ${line}`))
  client = createRecordingClient()
  undo = debug(client)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const stored = (event: object) => ({ key: 'k', json: JSON.stringify(event) })
const recorded = (event: object = purchase) => client.emit('recorded', { event })
const answered = (status: number, body?: unknown, events: object[] = [purchase]) =>
  client.emit('answered', {
    events: events.map(stored),
    bytes: 2100,
    leaving: false,
    answer: { status, body },
  })

test('an event’s way is one line a change, which holds what came before', () => {
  recorded()
  vi.advanceTimersByTime(48)
  answered(200, { accepted: 2, results: [] }, [purchase, signIn])
  expect(said).toEqual([
    'headwater  +0 ms  purchase …a1f3  recorded',
    'headwater  +48 ms  purchase …a1f3  recorded → sent (2 events, 2.1 kB) → accepted',
    'headwater  +0 ms  identify …b2c4  … → sent (2 events, 2.1 kB) → accepted',
  ])
})

describe('the verdict', () => {
  const rejected = {
    idempotency_key: purchase.idempotency_key,
    status: 'rejected',
    code: 'currency_required',
    path: 'revenue_cents',
    message: 'Send currency, for example "EUR".',
  }

  test.each([
    ['of a receipt without the event', 200, { results: [] }, 'accepted'],
    [
      'of a receipt that names it',
      200,
      { results: [{ ...rejected, status: 'duplicate' }] },
      'duplicate: it was stored before',
    ],
    [
      'of a refusal says when it goes on',
      503,
      { detail: 'The database is away.' },
      '503. The database is away. Kept, and sent again.',
    ],
    [
      'of silence says what to look at',
      0,
      undefined,
      'no answer. Kept, and sent again. If it stays so: offline, a content blocker, or connect-src of your Content-Security-Policy.',
    ],
    [
      'of a page in place of a receipt says what to look at',
      200,
      undefined,
      '200, but no receipt. Kept, and sent again: is `endpoint` the address of your collector, and nobody’s in between?',
    ],
    [
      'of a rejection says why, and what to do',
      200,
      { results: [rejected] },
      'rejected: currency_required at revenue_cents. Send currency, for example "EUR".',
    ],
  ])('%s', (_, status, body, expected) => {
    answered(status, body)
    expect(said[0]).toMatch(/^(! )?headwater {2}\+0 ms {2}purchase …a1f3 {2}… → sent \(1 event, 2\.1 kB\) → /)
    expect(said[0]?.split('kB) → ')[1]).toBe(expected)
  })

  test.each([
    [200, { results: [rejected] }, true],
    [503, undefined, true],
    [200, { results: [] }, false],
  ])('%s with %j is a warning: %s', (status, body, expected) => {
    answered(status, body)
    expect(said[0]?.startsWith('!')).toBe(expected)
  })
})

test('a loss without an event has a line of its own, with what to do', () => {
  client.emit('dropped', { reason: 'illegal_id', count: 1 })
  expect(said).toEqual([
    '! headwater  lost 1: illegal_id. Call identify with the id of a person who is signed in, and not without one.',
  ])
})

test('an error is said as it is', () => {
  client.emit('error', { code: 'invalid_token', message: 'setToken: …' })
  expect(said).toEqual(['! headwater  invalid_token: setToken: …'])
})

test('an error is left to the tag, which says it by itself', () => {
  undo()
  undo = debug(client, {})
  client.emit('error', { code: 'invalid_token', message: 'setToken: …' })
  expect(said).toEqual([])
})

test('what an answer says of an event is not told again as a loss', () => {
  client.emit('dropped', { reason: 'rejected', count: 1 })
  client.emit('dropped', { reason: 'refused', count: 1 })
  expect(said).toEqual([])
})

test('answers of another shape break nothing', () => {
  for (const body of [undefined, null, 'text', 7, { results: null }]) answered(200, body)
  expect(said).toHaveLength(5)
})

test('it forgets old events, so that a page may stay open for days', () => {
  recorded()
  for (let count = 0; count < 500; count++) recorded({ ...purchase, idempotency_key: `key-${count}` })
  answered(200, { results: [] })
  expect(said.at(-1)).toContain('… → sent')
})

test('after the undo it hears nothing', () => {
  undo()
  expect(client.listeners()).toBe(0)
})
