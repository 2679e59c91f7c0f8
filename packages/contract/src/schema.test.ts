/** States what the schemas accept of an event and of a batch, and what they refuse. */
import { describe, expect, it } from 'vitest'
import { batchSchema, eventSchema } from './schema.ts'

const event = { idempotency_key: 'k', type: 'track', name: 'x', occurred_at: '2026-11-20T12:00:00+01:00' }
const readEvent = (fields: object) => eventSchema.parse({ ...event, ...fields })
const readBatch = (fields: object) => batchSchema.parse({ v: 1, events: [], ...fields })
const messageOf = (fields: object) =>
  eventSchema.safeParse({ ...event, ...fields }).error?.issues.map(({ message }) => message)

describe('an event', () => {
  it('has a key of any printable characters', () => {
    expect(readEvent({ idempotency_key: 'bestellung-ü-1' }).idempotency_key).toBe('bestellung-ü-1')
  })

  it('loses fields that the schema does not know', () => {
    expect(readEvent({ later: 1 })).toEqual(event)
  })

  it('loses earlier touches that cannot be read, and those over the limit', () => {
    const touch = { session_id: 's', occurred_at: event.occurred_at, utm: { source: 'a' } }
    const broken = [{}, null, { ...touch, occurred_at: 'once' }, { ...touch, click_ids: { gclid: 1 } }]
    expect(readEvent({ touches: [...broken, touch] }).touches).toEqual([touch])
    expect(readEvent({ touches: Array(25).fill(touch) }).touches).toHaveLength(20)
    expect(readEvent({ touches: 'none' }).touches).toBeUndefined()
  })

  it('loses ad cookies that do not fit, and ad cookies that are not an object', () => {
    const read = (ad_cookies: unknown) => readEvent({ ad_cookies }).ad_cookies
    const fits = { _fbp: 'fb.1.2.3', ['n'.repeat(64)]: 'v'.repeat(512) }
    expect(read({ ...fits, '': 'x', a: '', b: 1, c: 'v'.repeat(513), ['n'.repeat(65)]: 'x' })).toEqual(fits)
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`_gcl_${i}`, 'x']))
    expect(Object.keys(read(many) ?? {})).toHaveLength(20)
    for (const odd of [null, 'x', 1, []]) expect(Object.keys(read(odd) ?? {})).toEqual([])
  })

  it.each([
    { idempotency_key: '' },
    { idempotency_key: 'tab\t' },
    { identities: [{ type: 'user_id', value: 'x' }] },
    { identities: [{ type: 'cookie', value: 'x' }] },
    { identities: [{ type: 'E-Mail', value: 'x' }] },
    { idempotency_key: 'k'.repeat(129) },
    { occurred_at: '2026-11-20' },
    { occurred_at: '2026-11-20T12:00:00' },
    { revenue_cents: 1.5 },
    { revenue_cents: 2 ** 53 },
    { revenue_cents: Number.POSITIVE_INFINITY },
    { seq: 0 },
    { props: [] },
    { session: { id: 's' } },
  ])('is refused with %j', (fields) => {
    expect(eventSchema.safeParse({ ...event, ...fields }).success).toBe(false)
  })
})

describe('a field that is null', () => {
  const session = { id: 's', started_at: event.occurred_at }

  it.each([
    'name',
    'stream',
    'seq',
    'anonymous_id',
    'user_id',
    'identities',
    'session',
    'url',
    'referrer_url',
    'title',
    'props',
    'revenue_cents',
    'currency',
    'conversion',
    'conversion_id',
    'ad_cookies',
    'touches',
    'schema_version',
  ])('counts as absent: %s', (name) => {
    const { [name as 'name']: _, ...rest } = event
    expect(readEvent({ [name]: null })).toEqual(rest)
  })

  it.each<[string, object, object]>([
    ['a session', { session: { ...session, landing_url: null, utm: null, click_ids: null } }, { session }],
    [
      'its campaign',
      {
        session: { ...session, utm: { source: 'a', medium: null }, click_ids: { gclid: 'x', fbclid: null } },
      },
      { session: { ...session, utm: { source: 'a' }, click_ids: { gclid: 'x' } } },
    ],
    [
      'an earlier touch',
      { touches: [{ session_id: 's', occurred_at: event.occurred_at, url: null, utm: { term: null } }] },
      { touches: [{ session_id: 's', occurred_at: event.occurred_at, utm: {} }] },
    ],
    [
      'an identity',
      { identities: [{ type: 'crm', value: '7', verified: null }] },
      { identities: [{ type: 'crm', value: '7' }] },
    ],
  ])('counts as absent in %s too', (_, fields, expected) => {
    expect(readEvent(fields)).toEqual({ ...event, ...expected })
  })

  it('is data in props', () => {
    const props = { coupon: null, cart: { gift: null }, list: [null] }
    expect(readEvent({ title: null, props }).props).toEqual(props)
  })

  it('does not change the input', () => {
    const sent = { ...event, title: null, session: { ...session, utm: null } }
    const before = structuredClone(sent)
    eventSchema.parse(sent)
    expect(sent).toEqual(before)
  })

  it.each(['idempotency_key', 'type', 'occurred_at'])('is missing where it is required: %s', (name) => {
    expect(eventSchema.safeParse({ ...event, [name]: null }).success).toBe(false)
  })

  it('counts as absent in a batch too', () => {
    const context = { locale: 'de', timezone: null, screen: { width: null } }
    expect(readBatch({ sent_at: null, sdk: null, dropped: null, context: null })).toEqual({
      v: 1,
      events: [],
    })
    expect(readBatch({ dropped: { queue_full: 1, other: null } }).dropped).toEqual({ queue_full: 1 })
    expect(readBatch({ context: { ...context, screen: null } }).context).toEqual({ locale: 'de' })
  })

  it('is looked for only in our fields, however deep the rest is', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}null${'}'.repeat(20_000)}`)
    expect(readEvent({ later: deep })).toEqual(event)
    expect(readEvent({ later: deep, title: null })).toEqual(event)
  })
})

describe('an id', () => {
  it.each<[unknown, string]>([
    [1001, '1001'],
    [' 1001', '1001'],
    ['1001\n', '1001'],
    [-5, '-5'],
    [10.5, '10.5'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['9007199254740993', '9007199254740993'],
  ])('may be a number and have spaces around it: %j is %j', (sent, id) => {
    const identities = [{ type: 'crm', value: sent }]
    expect(readEvent({ conversion_id: sent, user_id: sent, identities })).toMatchObject({
      conversion_id: id,
      user_id: id,
      identities: [{ type: 'crm', value: id }],
    })
  })

  it.each([2 ** 53, 1e21, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY])(
    'may not be %d, which several numbers are rounded to',
    (conversion_id) => {
      expect(messageOf({ conversion_id })).toEqual([
        'must be text, because a number beyond 9007199254740991 loses digits',
      ])
    },
  )

  it.each([[true], [{}], [[]], [''], ['  '], ['x'.repeat(129)]])('is not %j', (conversion_id) => {
    expect(messageOf({ conversion_id })).toBeDefined()
  })
})

describe('a currency', () => {
  it.each([
    ['EUR', 'EUR'],
    ['eur', 'EUR'],
    ['Usd', 'USD'],
    [' jpy ', 'JPY'],
  ])('is taken in any case: %j is %s', (sent, currency) => {
    expect(readEvent({ currency: sent }).currency).toBe(currency)
  })

  it.each(['ZZZ', 'XXX', 'XTS', 'EURO', '€', 'EU'])('is not %s, and the message says so', (currency) => {
    expect(messageOf({ currency })).toEqual([
      `"${currency}" is not a currency of ISO 4217; send its three letters, for example EUR`,
    ])
  })

  it.each(['', 'E1R', 'eve@example.com', 'x'.repeat(100)])(
    'is not %j, which the message does not repeat',
    (currency) => {
      expect(messageOf({ currency })).toEqual([
        'this is not a currency of ISO 4217; send its three letters, for example EUR',
      ])
    },
  )

  it.each([978, true, ['EUR']])('is not %j, which is not a text', (currency) => {
    expect(messageOf({ currency })).toHaveLength(1)
  })
})

describe('a batch', () => {
  it('loses fields that the schema does not know', () => {
    expect(readBatch({ later: 1 })).toEqual({ v: 1, events: [] })
  })

  it.each([
    { sdk: 'x' },
    { sdk: { name: 1 } },
    { sdk: { name: 'n'.repeat(65), version: '1' } },
    { context: { locale: 'x'.repeat(65) } },
    { context: { screen: { width: Number.POSITIVE_INFINITY, height: 1 } } },
    { dropped: 'x' },
    { dropped: [1] },
    { dropped: 3 },
  ])('loses only the field that it cannot read: %j', (fields) => {
    expect(readBatch(fields)).toEqual({ v: 1, events: [] })
  })

  it('loses only the counts that it cannot read', () => {
    const odd = { a: '1', b: -1, c: 1.5, d: 2 ** 53, e: Number.POSITIVE_INFINITY, ['r'.repeat(65)]: 1 }
    expect(readBatch({ dropped: { queue_full: 3, offline: 0, ...odd } }).dropped).toEqual({
      queue_full: 3,
      offline: 0,
    })
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`reason_${i}`, 1]))
    expect(Object.keys(readBatch({ dropped: many }).dropped ?? {})).toHaveLength(50)
  })

  it.each([{ v: 2 }, { events: {} }, { events: null }, { sent_at: 'now' }])(
    'is refused with %j',
    (fields) => {
      expect(batchSchema.safeParse({ v: 1, events: [], ...fields }).success).toBe(false)
    },
  )
})
