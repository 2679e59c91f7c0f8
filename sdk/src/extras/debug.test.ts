/** States what the console shows while an event is delivered. */
import { createRecordingClient, type RecordingClient } from '@headwater/testkit/recording-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { debug } from './debug.ts'

const purchase = { idempotency_key: '01990000-0000-7000-8000-00000000a1f3', type: 'track', name: 'purchase' }
const signIn = { idempotency_key: '01990000-0000-7000-8000-00000000b2c4', type: 'identify' }
let client: RecordingClient
let undo: () => void
let lines: string[]

beforeEach(() => {
  vi.useFakeTimers()
  lines = []
  vi.spyOn(console, 'info').mockImplementation((line) => void lines.push(line))
  vi.spyOn(console, 'warn').mockImplementation((line) => void lines.push(`! ${line}`))
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

test('each step of an event is one line, which repeats the steps before', () => {
  recorded()
  vi.advanceTimersByTime(48)
  answered(200, { accepted: 2, results: [] }, [purchase, signIn])
  expect(lines).toEqual([
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
      'of a receipt that lists the event',
      200,
      { results: [{ ...rejected, status: 'duplicate' }] },
      'duplicate: it was stored before',
    ],
    [
      'of a refusal says what happens next',
      503,
      { detail: 'The database is away.' },
      '503. The database is away. Kept, and sent again.',
    ],
    [
      'without an answer says what to check',
      0,
      undefined,
      'no answer. Kept, and sent again. If this continues, check the network, content blockers, and connect-src in your Content-Security-Policy.',
    ],
    [
      'of a page in place of a receipt says what to check',
      200,
      undefined,
      '200, but no receipt. Kept, and sent again: is `endpoint` the address of your collector, without another server in between?',
    ],
    [
      'of a rejection says why, and what to do',
      200,
      { results: [rejected] },
      'rejected: currency_required at revenue_cents. Send currency, for example "EUR".',
    ],
  ])('%s', (_, status, body, expected) => {
    answered(status, body)
    expect(lines[0]).toMatch(
      /^(! )?headwater {2}\+0 ms {2}purchase …a1f3 {2}… → sent \(1 event, 2\.1 kB\) → /,
    )
    expect(lines[0]?.split('kB) → ')[1]).toBe(expected)
  })

  test.each([
    [200, { results: [rejected] }, true],
    [503, undefined, true],
    [200, { results: [] }, false],
  ])('%s with %j is a warning: %s', (status, body, expected) => {
    answered(status, body)
    expect(lines[0]?.startsWith('!')).toBe(expected)
  })
})

test('a loss without an event has a line of its own, with what to do', () => {
  client.emit('dropped', { reason: 'illegal_id', count: 1 })
  expect(lines).toEqual([
    '! headwater  lost 1: illegal_id. Call identify only with the id of a person who is signed in.',
  ])
})

test('an error is logged unchanged', () => {
  client.emit('error', { code: 'invalid_token', message: 'setToken: …' })
  expect(lines).toEqual(['! headwater  invalid_token: setToken: …'])
})

test('with the script tag, which logs errors itself, an error is not logged', () => {
  undo()
  undo = debug(client, {})
  client.emit('error', { code: 'invalid_token', message: 'setToken: …' })
  expect(lines).toEqual([])
})

test('a loss that the answer has already shown is not logged again', () => {
  client.emit('dropped', { reason: 'rejected', count: 1 })
  client.emit('dropped', { reason: 'refused', count: 1 })
  expect(lines).toEqual([])
})

test('answers of another shape cause no failure', () => {
  for (const body of [undefined, null, 'text', 7, { results: null }]) answered(200, body)
  expect(lines).toHaveLength(5)
})

test('old events are forgotten, so that a page may stay open for days', () => {
  recorded()
  for (let count = 0; count < 500; count++) recorded({ ...purchase, idempotency_key: `key-${count}` })
  answered(200, { results: [] })
  expect(lines.at(-1)).toContain('… → sent')
})

test('after the undo nothing is logged', () => {
  undo()
  expect(client.listeners()).toBe(0)
})

describe('traits that identify leaves out', () => {
  const identify = vi.fn()
  const watch = () => {
    const site = { ...client, identify }
    return { site, undo: debug(site) }
  }

  test('are named, and the call goes on', () => {
    const { site } = watch()
    site.identify('u1', { email: 'a@example.com', plan: 'team', seats: 5 })
    expect(lines).toEqual([
      '! headwater  identify left out plan, seats. It takes the id and `email`; send other facts as properties of an event.',
    ])
    expect(identify).toHaveBeenLastCalledWith('u1', { email: 'a@example.com', plan: 'team', seats: 5 })
  })

  test.each([undefined, {}, { email: 'a@example.com' }])('with %j there are none', (traits) => {
    watch().site.identify('u1', traits)
    expect(lines).toEqual([])
  })

  test('are no longer named afterwards', () => {
    const { site, undo } = watch()
    undo()
    expect(site.identify).toBe(identify)
  })
})
