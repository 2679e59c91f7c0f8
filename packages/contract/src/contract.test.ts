import { describe, expect, it } from 'vitest'
import { isIllegalId, isReceiptFor, outcomeOf, problems } from './index.ts'
import { batchSchema, eventSchema } from './schema.ts'

describe('the status→outcome table', () => {
  it.each([
    [200, 'delivered'],
    [400, 'split'],
    [401, 'stop'],
    [403, 'hold'],
    [404, 'hold'],
    [405, 'hold'],
    [302, 'hold'],
    [418, 'hold'],
    [408, 'retry'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [0, 'retry'],
    [413, 'split'],
    [415, 'drop'],
  ])('says of %i: %s', (status, outcome) => {
    expect(outcomeOf(status)).toBe(outcome)
  })

  it('loses nothing through any problem that the collector can answer, but what is broken or too large', () => {
    const losing = Object.values(problems).filter(({ status }) =>
      ['split', 'drop'].includes(outcomeOf(status)),
    )
    expect([...new Set(losing.map(({ status }) => status))]).toEqual([400, 413, 415])
  })
})

describe('a receipt', () => {
  const receipt = { request_id: 'r', received_at: '', accepted: 2, duplicate: 1, rejected: 1, results: [] }

  it('proves a batch only when its counts add up to it', () => {
    expect(isReceiptFor(receipt, 4)).toBe(true)
    expect(isReceiptFor(receipt, 5)).toBe(false)
  })

  it.each([null, undefined, 'ok', '<html>', {}, [], { accepted: 4 }, { ...receipt, results: undefined }])(
    'is not %j',
    (body) => {
      expect(isReceiptFor(body, 4)).toBe(false)
    },
  )
})

describe('an id that is no id', () => {
  it.each([
    '',
    ' ',
    'null',
    ' NULL ',
    'undefined',
    '"null"',
    "'anonymous'",
    '0',
    '000-000',
    '[object Object]',
    'NaN',
    '-1',
    '00000000-0000-0000-0000-000000000000',
  ])('is %j', (id) => {
    expect(isIllegalId(id)).toBe(true)
  })

  it.each(['1', 'u_42', 'nullable', '00000000-0000-0000-0000-000000000001', 'anna', '0x', 'o'])(
    'is not %j',
    (id) => {
      expect(isIllegalId(id)).toBe(false)
    },
  )
})

describe('the schema', () => {
  const event = { idempotency_key: 'k', type: 'track', name: 'x', occurred_at: '2026-11-20T12:00:00+01:00' }

  it('takes any printable key, and a batch whose context is odd', () => {
    expect(eventSchema.safeParse({ ...event, idempotency_key: 'bestellung-ü-1' }).success).toBe(true)
    const context = { locale: 'x'.repeat(65), screen: { width: Number.POSITIVE_INFINITY, height: 1 } }
    expect(batchSchema.parse({ v: 1, events: [], context }).context).toBeUndefined()
  })

  it('leaves out of a journal what it cannot read, and what goes beyond the limit', () => {
    const touch = { session_id: 's', occurred_at: event.occurred_at, utm: { source: 'a' } }
    const broken = [{}, null, { ...touch, occurred_at: 'once' }, { ...touch, click_ids: { gclid: 1 } }]
    expect(eventSchema.parse({ ...event, touches: [...broken, touch] }).touches).toEqual([touch])
    expect(eventSchema.parse({ ...event, touches: Array(25).fill(touch) }).touches).toHaveLength(20)
    expect(eventSchema.parse({ ...event, touches: 'none' }).touches).toBeUndefined()
  })

  it('leaves out ad cookies that do not fit, and whatever is no list of them', () => {
    const read = (ad_cookies: unknown) => eventSchema.parse({ ...event, ad_cookies }).ad_cookies
    const fits = { _fbp: 'fb.1.2.3', ['n'.repeat(64)]: 'v'.repeat(512) }
    expect(read({ ...fits, '': 'x', a: '', b: 1, c: 'v'.repeat(513), ['n'.repeat(65)]: 'x' })).toEqual(fits)
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`_gcl_${i}`, 'x']))
    expect(Object.keys(read(many) ?? {})).toHaveLength(20)
    for (const odd of [null, 'x', 1, []]) expect(Object.keys(read(odd) ?? {})).toEqual([])
  })

  it('leaves out fields that it does not know', () => {
    expect(eventSchema.parse({ ...event, later: 1 })).toEqual(event)
    expect(batchSchema.parse({ v: 1, events: [], later: 1 })).toEqual({ v: 1, events: [] })
  })

  it.each([
    { idempotency_key: '' },
    { idempotency_key: 'tab\t' },
    { identities: [{ type: 'user_id', value: 'x' }] },
    { identities: [{ type: 'cookie', value: 'x' }] },
    { idempotency_key: 'k'.repeat(129) },
    { occurred_at: '2026-11-20' },
    { occurred_at: '2026-11-20T12:00:00' },
    { revenue_cents: 1.5 },
    { revenue_cents: 2 ** 53 },
    { currency: 'eur' },
    { seq: 0 },
    { props: [] },
    { user_id: 42 },
    { identities: [{ type: 'E-Mail', value: 'x' }] },
    { session: { id: 's' } },
  ])('refuses %j', (fields) => {
    expect(eventSchema.safeParse({ ...event, ...fields }).success).toBe(false)
  })
})
