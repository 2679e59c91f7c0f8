/** Which events are rejected for their times and their ids. */
import type { WireEvent } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import { testToken } from '../../websites/testing.ts'
import { screen } from './screen.ts'

const received = Date.parse('2026-11-20T12:00:00Z')
const day = 86_400_000
const request = { receivedAt: received, token: testToken() }
const hash = 'a0'.repeat(32)

const wire: WireEvent = {
  idempotency_key: 'k',
  type: 'track',
  name: 'click',
  occurred_at: '',
  anonymous_id: 'a',
}
const faultOf = (fields: Partial<WireEvent>, occurredAt = received) =>
  screen({ ...wire, ...fields }, { occurredAt, sessionStartedAt: occurredAt, touchedAt: [] }, request)

describe('an event', () => {
  it.each<[string, number, string | undefined]>([
    ['at the time of receipt is accepted', received, undefined],
    ['a millisecond later is rejected', received + 1, 'in_future'],
    ['exactly 30 days before receipt is accepted', received - 30 * day, undefined],
    ['a millisecond earlier is rejected', received - 30 * day - 1, 'too_old'],
    ['in the year 0 is rejected', Date.parse('0000-01-01T00:00:00Z'), 'too_old'],
  ])('%s', (_, occurredAt, code) => {
    expect(faultOf({}, occurredAt)?.code).toBe(code)
  })

  it('too old for the setting of its website is rejected', () => {
    const token = testToken({ settings: { horizonDays: 2 } })
    const times = { occurredAt: received - 3 * day, sessionStartedAt: 0, touchedAt: [] }
    expect(screen(wire, times, { receivedAt: received, token })?.message).toContain('older than 2 days')
  })

  it('in the future gets a message with the difference, and what to send', () => {
    expect(faultOf({}, received + 90_400)).toEqual({
      code: 'in_future',
      path: 'occurred_at',
      message: expect.stringMatching(/^The event happened 90 s after it was received\..*sent_at/),
    })
  })

  it('too old gets a message with the accepted age', () => {
    expect(faultOf({}, received - 31 * day)).toEqual({
      code: 'too_old',
      path: 'occurred_at',
      message: 'The event is older than 30 days. Send events within that time.',
    })
  })

  it('within the accepted age may have an older session or older earlier touches', () => {
    const times = {
      occurredAt: received,
      sessionStartedAt: received - 31 * day,
      touchedAt: [received - 90 * day],
    }
    expect(screen(wire, times, request)).toBeUndefined()
  })
})

describe('a placeholder', () => {
  it.each<[path: string, Partial<WireEvent>]>([
    ['anonymous_id', { anonymous_id: 'undefined' }],
    ['user_id', { user_id: ' "NULL" ' }],
    ['identities.0.value', { identities: [{ type: 'ga_cid', value: '0' }] }],
    [
      'identities.1.value',
      {
        identities: [
          { type: 'ga_cid', value: 'v' },
          { type: 'crm', value: 'guest' },
        ],
      },
    ],
    ['anonymous_id', { anonymous_id: '[object Promise]' }],
    ['anonymous_id', { anonymous_id: '{{client_id}}' }],
    ['user_id', { user_id: '(not set)' }],
    ['user_id', { user_id: 'undefined.undefined' }],
    ['identities.0.value', { identities: [{ type: 'email_hash', value: 'none' }] }],
    ['anonymous_id', { anonymous_id: 'null', user_id: 'null', identities: [{ type: 'crm', value: 'null' }] }],
  ])('is refused as %s', (path, fields) => {
    expect(faultOf(fields)).toEqual({
      code: 'illegal_id',
      path,
      message: expect.stringContaining(`${path} holds a placeholder, not an id`),
    })
  })

  it('is not repeated in the message', () => {
    expect(JSON.stringify(faultOf({ user_id: 'distinct_id' }))).not.toContain('distinct_id')
  })

  it('is allowed in other fields', () => {
    const fields = { name: 'null', idempotency_key: 'null', conversion_id: 'none', stream: '0' }
    expect(faultOf(fields)).toBeUndefined()
  })

  it('is not needed for an absent id: one identity is enough', () => {
    expect(faultOf({ anonymous_id: undefined, identities: [{ type: 'crm', value: '7' }] })).toBeUndefined()
  })
})

describe('an email_hash', () => {
  it('is 64 hex digits in lower case', () => {
    expect(faultOf({ identities: [{ type: 'email_hash', value: hash }] })).toBeUndefined()
  })

  it.each([
    'a@example.com',
    hash.toUpperCase(),
    hash.slice(1),
    `${hash}0`,
    ` ${hash}`,
    `${hash}\n`,
    `${hash.slice(1)}g`,
  ])('is not %j, which the message does not repeat', (value) => {
    const fault = faultOf({
      identities: [
        { type: 'ga_cid', value: 'v' },
        { type: 'email_hash', value },
      ],
    })
    expect(fault).toEqual({
      code: 'invalid_field',
      path: 'identities.1.value',
      message: expect.stringContaining('64 hex digits in lower case'),
    })
    expect(fault?.message).not.toContain(value)
  })

  it('is the only identity with a format', () => {
    expect(faultOf({ identities: [{ type: 'ga_cid', value: 'a@example.com' }] })).toBeUndefined()
  })
})

it('ids are checked before times', () => {
  expect(faultOf({ user_id: 'null' }, received + 1)?.code).toBe('illegal_id')
  expect(faultOf({ identities: [{ type: 'email_hash', value: 'x' }] }, received + 1)?.code).toBe(
    'invalid_field',
  )
})
