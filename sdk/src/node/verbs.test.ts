/** States what each verb sends. */

import { noon } from '@headwater/testkit/fake-ports'
import { openServer } from '@headwater/testkit/fake-server'
import { describe, expect, test } from 'vitest'
import type { ServerClient } from './api.ts'

const at = new Date(noon).toISOString()

async function sent(call: (client: ServerClient) => void) {
  const server = openServer()
  call(server.client)
  await server.client.flush()
  return { ...server, event: server.events()[0] }
}

test('track sends name, properties and visitor, with a key, a time and a place in the stream', async () => {
  const { event, notices } = await sent(({ track }) =>
    track('order_packed', { userId: 'u1', props: { parcel: 2, of: [1, 2] } }),
  )
  expect(event).toEqual({
    idempotency_key: expect.stringMatching(/^01990000-0000-7/),
    stream: expect.stringMatching(/^01990000-0000-7/),
    seq: 1,
    occurred_at: at,
    type: 'track',
    name: 'order_packed',
    user_id: 'u1',
    props: { parcel: 2, of: [1, 2] },
  })
  expect(notices.delivered).toEqual([{ accepted: 1, duplicate: 0, rejected: 0 }])
})

test('events of several visitors are numbered in one stream', async () => {
  const { events } = await sent(({ track }) => {
    track('a', { userId: 'u1' })
    track('b', { anonymousId: 'a2' })
  })
  expect(events().map(({ seq }) => seq)).toEqual([1, 2])
  expect(new Set(events().map(({ stream }) => stream)).size).toBe(1)
})

test('conversion sends order number and value', async () => {
  const { event } = await sent(({ conversion }) =>
    conversion('purchase', {
      userId: 'u1',
      id: 1001,
      revenueCents: 4999,
      currency: 'EUR',
      props: { items: 2 },
    }),
  )
  expect(event).toMatchObject({
    type: 'track',
    name: 'purchase',
    conversion: true,
    conversion_id: '1001',
    revenue_cents: 4999,
    currency: 'EUR',
    props: { items: 2 },
  })
})

describe('refund', () => {
  test.each([4999, -4999])(
    'of %i sends a negative value with the name and id of the conversion',
    async (amount) => {
      const { event } = await sent(({ refund }) =>
        refund('purchase', { userId: 'u1', id: '1001', revenueCents: amount, currency: 'EUR' }),
      )
      expect(event).toMatchObject({
        name: 'purchase',
        conversion: true,
        conversion_id: '1001',
        revenue_cents: -4999,
        currency: 'EUR',
      })
    },
  )

  test.each([undefined, 0, Number.NaN, '49.99'])(
    'of %s is dropped, because it would count as a conversion',
    async (amount) => {
      const { events, notices } = await sent(({ refund }) =>
        refund('purchase', { userId: 'u1', id: '1001', revenueCents: amount as number, currency: 'EUR' }),
      )
      expect(events()).toEqual([])
      expect(notices.dropped).toEqual([{ reason: 'invalid_event', count: 1 }])
      expect(notices.error[0]?.message).toContain('`revenueCents` must be an amount')
    },
  )
})

describe('identify', () => {
  test('connects a user with a browser, and sends an e-mail address only as its hash', async () => {
    const { event } = await sent(({ identify }) =>
      identify({ userId: 42, anonymousId: 'a1', email: ' Anna@Example.com ' }),
    )
    expect(event).toMatchObject({
      type: 'identify',
      user_id: '42',
      anonymous_id: 'a1',
      identities: [{ type: 'email_hash', value: 'sha256(anna@example.com)' }],
    })
    expect(JSON.stringify(event)).not.toContain('Anna')
  })

  test('without a user is dropped', async () => {
    const { events, notices } = await sent(({ identify }) =>
      identify({ anonymousId: 'a1', email: 'a@example.com' }),
    )
    expect(events()).toEqual([])
    expect(notices.dropped).toEqual([{ reason: 'illegal_id', count: 1 }])
  })
})

test('touch sends the address with its campaign, and where it came from', async () => {
  const { event } = await sent(({ touch }) =>
    touch('email_click', {
      userId: 'u1',
      url: 'https://shop.example/?utm_source=newsletter&token=secret',
      referrer: 'https://mail.example/?email=a@example.com',
    }),
  )
  expect(event).toMatchObject({
    type: 'touch',
    name: 'email_click',
    url: 'https://shop.example/?utm_source=newsletter',
    referrer_url: 'https://mail.example/',
  })
})

describe('the key of an event', () => {
  test('is the caller’s, where there is one', async () => {
    const { event } = await sent(({ track }) => track('a', { userId: 'u1', idempotencyKey: 'job 7' }))
    expect(event?.idempotency_key).toBe('job 7')
  })

  test('may be used twice: both go, and the collector stores one', async () => {
    const { events } = await sent(({ track }) => {
      track('a', { userId: 'u1', idempotencyKey: 'job 7' })
      track('a', { userId: 'u1', idempotencyKey: 'job 7' })
    })
    expect(events()).toHaveLength(2)
  })
})

test.each([
  ['a Date', new Date('2026-11-19T08:00:00Z')],
  ['epoch ms', Date.UTC(2026, 10, 19, 8)],
])('occurredAt may be %s', async (_, occurredAt) => {
  const { event } = await sent(({ track }) => track('a', { userId: 'u1', occurredAt }))
  expect(event?.occurred_at).toBe('2026-11-19T08:00:00.000Z')
})

describe('the session', () => {
  const startedAt = noon - 60_000
  const uuid = `0${startedAt.toString(16)}`.replace(/^(.{8})(.{4})$/, '$1-$2-7000-8000-000000000001')

  test.each([
    ['with its start', { sessionId: 's1', sessionStartedAt: startedAt }, 's1', startedAt],
    ['whose id holds its start', { sessionId: uuid }, uuid, startedAt],
    ['with another id begins with the event', { sessionId: 's1' }, 's1', noon],
    ['never begins after the event', { sessionId: 's1', sessionStartedAt: noon + 1 }, 's1', noon],
  ])('%s', async (_, given, id, start) => {
    const { event } = await sent(({ track }) => track('a', { anonymousId: 'a1', ...given }))
    expect(event?.session).toEqual({ id, started_at: new Date(start).toISOString() })
  })

  test('of no browser is left out', async () => {
    const { event } = await sent(({ track }) => track('a', { userId: 'u1', sessionId: 's1' }))
    expect(event).not.toHaveProperty('session')
  })
})

describe('a call that names no one', () => {
  test.each([
    [{}],
    [{ userId: '' }],
    [{ userId: 'null', anonymousId: 'a1' }],
    [{ userId: 2 ** 60 }],
    [{ sessionId: 's1' }],
    [undefined as unknown as object],
  ])('%j is dropped and counted, and the next batch reports it', async (visitor) => {
    const { client, events, notices, transport } = openServer()
    client.track('a', visitor)
    client.track('b', { userId: 'u1' })
    await client.flush()
    expect(events().map(({ name }) => name)).toEqual(['b'])
    expect(notices.dropped).toEqual([{ reason: 'illegal_id', count: 1 }])
    expect(notices.error[0]?.code).toBe('illegal_id')
    expect(transport.requests[0]?.batch.dropped).toEqual({ illegal_id: 1 })
  })
})

test('a value that JSON cannot hold is left out, and its event kept', async () => {
  const { event, notices } = await sent(({ track }) =>
    track('a', { userId: 'u1', props: { ok: 1, no: () => {} } }),
  )
  expect(event?.props).toEqual({ ok: 1 })
  expect(notices.dropped).toEqual([{ reason: 'invalid_value', count: 1 }])
})

test('properties that are too large do not cost the visitor', async () => {
  const { event } = await sent(({ track }) =>
    track('a', { props: { text: 'x'.repeat(40_000) }, userId: 'u1' }),
  )
  expect(event).toMatchObject({ user_id: 'u1', props: {} })
})

test('a time that is none is left out and counted: the event has that of the call', async () => {
  const { event, notices } = await sent(({ track }) =>
    track('a', { userId: 'u1', occurredAt: new Date('no') }),
  )
  expect(event?.occurred_at).toBe(at)
  expect(notices.dropped).toEqual([{ reason: 'invalid_value', count: 1 }])
})

describe('beforeSend', () => {
  test('sees the event, and what it returns is sent with the same key', async () => {
    const server = openServer({
      beforeSend: (event) => ({ ...event, user_id: 'u2', idempotency_key: 'other' }),
    })
    server.client.track('a', { userId: 'u1' })
    await server.client.flush()
    expect(server.events()[0]).toMatchObject({
      user_id: 'u2',
      idempotency_key: expect.stringMatching(/^0199/),
    })
  })

  test('that returns nothing drops the event and counts it', async () => {
    const server = openServer({ beforeSend: () => null })
    server.client.track('a', { userId: 'u1' })
    await server.client.flush()
    expect(server.notices.dropped).toEqual([{ reason: 'before_send', count: 1 }])
  })
})
