import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestCollector, event, noon, session, type TestCollector } from '../testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  afterAll(() => collector.db.close())

  describe('deduplication', () => {
    it('stores the same batch once if it arrives 8 times at once', async () => {
      const events = Array.from({ length: 20 }, (_, i) => event({ idempotency_key: `eightfold-${i}` }))
      const receipts = await Promise.all(Array.from({ length: 8 }, () => collector.send(events)))
      const sum = (field: 'accepted' | 'duplicate') =>
        receipts.reduce((total, receipt) => total + receipt[field], 0)
      expect([sum('accepted'), sum('duplicate')]).toEqual([20, 140])
      expect(
        await collector.rows(
          `select count(*)::float8 as n from events where name = 'click' and customer_id is not null`,
        ),
      ).toEqual([{ n: 20 }])
      const [usage] = await collector.rows<Record<string, number>>(
        'select sum(received)::float8 as received, sum(stored)::float8 as stored, sum(duplicate)::float8 as duplicate, sum(rejected)::float8 as rejected from token_usages',
      )
      expect(usage).toEqual({ received: 160, stored: 20, duplicate: 140, rejected: 0 })
    })

    it('judges copies in order: a rejected one does not claim the key, the first valid one is stored', async () => {
      const good = event({ idempotency_key: 'copied' })
      const receipt = await collector.send([{ ...good, revenue_cents: 1 }, good, good])
      expect(receipt.results.map(({ index, status }) => [index, status])).toEqual([
        [0, 'rejected'],
        [2, 'duplicate'],
      ])
    })

    it('reports a stored key as a duplicate permanently, even if the copy is too old or invalid', async () => {
      await collector.send([event({ idempotency_key: 'kept' })])
      const receipt = await collector.send([
        event({ idempotency_key: 'kept', occurred_at: '2020-01-01T00:00:00Z' }),
        event({ idempotency_key: 'kept', name: '' }),
      ])
      expect([receipt.duplicate, receipt.rejected]).toEqual([2, 0])
    })
  })

  describe('one bad event', () => {
    it('does not affect the other 49, and is kept, encrypted, with its reason', async () => {
      const events = Array.from({ length: 50 }, (_, i) => event({ idempotency_key: `neighbour-${i}` }))
      Object.assign(events[12] as object, { revenue_cents: 4999, user_id: 'secret-user' })
      const receipt = await collector.send(events)
      expect([receipt.accepted, receipt.rejected]).toEqual([49, 1])
      expect(receipt.results).toEqual([
        {
          index: 12,
          idempotency_key: 'neighbour-12',
          status: 'rejected',
          code: 'currency_required',
          path: 'revenue_cents',
          message: expect.stringContaining('send currency'),
        },
      ])
      const [row] = await collector.rows<{ payload: string; code: string }>(
        `select code, encode(payload, 'hex') as payload from rejected_events where code = 'currency_required' and request_id = '${receipt.request_id}'`,
      )
      const payload = collector.secrets.decrypt(Buffer.from(row?.payload ?? '', 'hex'))
      expect(JSON.parse(payload)).toMatchObject({ idempotency_key: 'neighbour-12', user_id: 'secret-user' })
    })

    it('that only the database refuses is found by bisection, and its row is updated when it is sent again', async () => {
      await collector.db.query(
        `alter table events add constraint event_is_not_poison check (name <> 'poison')`,
      )
      const events = Array.from({ length: 50 }, (_, i) =>
        event({ idempotency_key: `poison-${i}`, name: i === 33 ? 'poison' : 'click' }),
      )
      const receipt = await collector.send(events)
      expect([receipt.accepted, receipt.rejected]).toEqual([49, 1])
      expect(receipt.results[0]).toMatchObject({ index: 33, code: 'unstorable' })
      await collector.send([events[33]])
      expect(
        await collector.rows(`select count(*)::float8 as n from rejected_events where code = 'unstorable'`),
      ).toEqual([{ n: 1 }])
      await collector.db.query('alter table events drop constraint event_is_not_poison')
      expect((await collector.send([events[33]])).accepted).toBe(1)
    })

    it.each([
      ['not an object', 42, 'invalid_event', undefined],
      ['no time', { ...event(), occurred_at: undefined }, 'field_required', 'occurred_at'],
      ['no name', { ...event(), name: undefined }, 'field_required', 'name'],
      ['an unknown type', event({ type: 'walk' as 'track' }), 'invalid_field', 'type'],
      ['a placeholder id', event({ user_id: ' [object Object] ' }), 'illegal_id', 'user_id'],
      [
        'a raw address as a hash',
        event({ identities: [{ type: 'email_hash', value: 'a@example.com' }] }),
        'invalid_field',
        'identities.0.value',
      ],
      ['nobody', event({ anonymous_id: undefined }), 'identity_required', 'anonymous_id'],
      ['only a currency', event({ currency: 'EUR' }), 'revenue_required', 'currency'],
      ['the far future', event({ occurred_at: '2099-01-01T00:00:00Z' }), 'in_future', 'occurred_at'],
      ['the distant past', event({ occurred_at: '2001-01-01T00:00:00Z' }), 'too_old', 'occurred_at'],
      [
        'too many levels',
        event({ props: JSON.parse(`${'{"a":'.repeat(11)}1${'}'.repeat(11)}`) }),
        'too_deep',
        'props',
      ],
      ['too much', event({ props: { text: 'ü'.repeat(17_000) } }), 'props_too_large', 'props'],
    ])('with %s is rejected with a code, a path and a message', async (_, bad, code, path) => {
      const receipt = await collector.send([bad, event()])
      expect(receipt.accepted).toBe(1)
      expect(receipt.results[0]).toMatchObject({
        index: 0,
        status: 'rejected',
        code,
        message: expect.stringMatching(/.{10}/),
      })
      expect(receipt.results[0]?.path).toBe(path)
    })

    it('that cannot be serialized again does not affect others', async () => {
      const deep = '['.repeat(10_000) + ']'.repeat(10_000)
      const answer = await collector.post(`{"v":1,"events":[${JSON.stringify(event())},${deep}]}`)
      expect(await answer.json()).toMatchObject({ accepted: 1, rejected: 1 })
    })

    it('is kept up to 64 kB, and without its own names in plain text', async () => {
      await collector.send([event({ name: 'big', props: { text: 'x'.repeat(500_000) } })])
      await collector.post(
        JSON.stringify({ v: 1, events: [event({ props: { 'eve@example.com': 12345 } })] }).replace(
          '12345',
          '1e999',
        ),
      )
      const [kept] = await collector.rows(
        `select max(length(payload)) < 70000 as bounded, count(*) filter (where path || message like '%eve@%') = 0 as clean from rejected_events`,
      )
      expect(kept).toEqual({ bounded: true, clean: true })
    })

    it('with a key that is too long is not a duplicate of the key of its first 128 characters', async () => {
      await collector.send([event({ idempotency_key: 'k'.repeat(128) })])
      expect(await collector.send([event({ idempotency_key: 'k'.repeat(129) })])).toMatchObject({
        duplicate: 0,
        rejected: 1,
      })
    })

    it('with a number too large for JSON is rejected', async () => {
      const body = JSON.stringify({ v: 1, events: [event({ props: { size: 12345 } })] }).replace(
        '12345',
        '1e999',
      )
      const receipt = await (await collector.post(body)).json()
      expect(receipt).toMatchObject({
        rejected: 1,
        results: [{ code: 'number_not_finite', path: 'props' }],
      })
    })
  })

  describe('hostile text', () => {
    it('does no harm: U+0000 and lone surrogates are replaced everywhere', async () => {
      const evil = 'a\u0000b\ud800c'
      const events = [
        event({
          idempotency_key: 'evil-1',
          name: evil,
          title: evil,
          url: `https://shop.example/${evil}`,
          props: { [evil]: evil, list: [evil] },
        }),
        event({
          idempotency_key: 'evil-2',
          anonymous_id: evil,
          user_id: evil,
          session: session(evil, `https://shop.example/?utm_source=${evil}`, {
            utm: { source: evil },
            click_ids: { gclid: evil },
          }),
        }),
        event({
          idempotency_key: 'evil-3',
          props: JSON.parse('{"__proto__": {"polluted": "\\u0000"}, "constructor": 1}'),
        }),
      ]
      expect(await collector.send(events)).toMatchObject({ accepted: 3 })
      const stored = await collector.rows<{ name: string; props: unknown }>(
        `select name, props from events where name like 'a%b%c'`,
      )
      expect(stored).toEqual([
        {
          name: 'a\ufffdb\ufffdc',
          props: { 'a\ufffdb\ufffdc': 'a\ufffdb\ufffdc', list: ['a\ufffdb\ufffdc'] },
        },
      ])
      expect(({} as { polluted?: string }).polluted).toBeUndefined()
    })

    it('as long as a body allows is read within a second', async () => {
      const labels = Array.from({ length: 20 }, (_, i) => `https://${'a.'.repeat(8_000)}x${i}.example/`)
      const started = performance.now()
      await collector.send(
        labels.map((referrer_url) =>
          event({ session: session(referrer_url.slice(-12), undefined, { referrer_url }) }),
        ),
      )
      expect(performance.now() - started).toBeLessThan(1_000) // it took 5 s while it was quadratic
    })

    it('does no harm percent-encoded in an address', async () => {
      const url = 'https://shop.example/a%00b?utm_source=a%00b&gclid=%00&q=%00%ED%A0%80'
      const landing = { ...session('evil', url, { referrer_url: 'https://evil.example/%00' }) }
      const visit = event({ type: 'page', name: '/', url, session: landing })
      expect(await collector.send([visit])).toMatchObject({ accepted: 1 })
    })

    it('of any kind in props is stored as sent', async () => {
      const props = {
        quote: '"',
        backslash: '\\',
        braces: '{a,b}',
        empty: '',
        null: 'NULL',
        emoji: '👩‍🚀',
        newline: '\n\t',
        nested: [1, null, true, { x: '"' }],
      }
      await collector.send([event({ idempotency_key: 'literal', name: 'literal', props })])
      expect(await collector.rows(`select props from events where name = 'literal'`)).toEqual([{ props }])
    })
  })

  describe('ad cookies', () => {
    it('are kept unchanged with their event, and are not click ids of the session', async () => {
      const ad_cookies = { _fbc: 'fb.1.1554763741205.AbC', _gcl_aw: 'GCL.1.x\\"y', __proto__x: '{}' }
      await collector.send([
        event({ name: 'with cookies', ad_cookies, session: session('cookies') }),
        event({ name: 'without', ad_cookies: { _fbp: 1 } as unknown as Record<string, string> }),
      ])
      expect(
        await collector.rows(
          `select name, ad_cookies from events where name in ('with cookies', 'without') order by name`,
        ),
      ).toEqual([
        { name: 'with cookies', ad_cookies },
        { name: 'without', ad_cookies: null },
      ])
      expect(
        await collector.rows(
          `select t.is_direct, t.click_id_type from touches t join events e on e.id = t.source_event_id where e.name = 'with cookies'`,
        ),
      ).toEqual([{ is_direct: true, click_id_type: null }])
    })
  })

  describe('losses', () => {
    it('show as gaps in the numbers of a client; complete numbers show none, in any order and with repetitions', async () => {
      const numbered = (seq: number, fields: object = {}) =>
        event({ idempotency_key: `seq-${seq}`, stream: 'page-load-1', seq, ...fields })
      await collector.send([numbered(4), numbered(2, { revenue_cents: 1 })])
      await collector.send([numbered(4), numbered(1), numbered(5)])
      const [stream] = await collector.rows('select highest_seq, stored, rejected from client_streams')
      expect(stream).toEqual({ highest_seq: 5, stored: 3, rejected: 1 }) // 3 was lost
    })

    it('counted by the sender are kept by reason, once', async () => {
      const events = [event({ idempotency_key: 'with drops' })]
      await collector.send(events, { dropped: { queue_full: 3, refused: 0 } })
      await collector.send(events, { dropped: { queue_full: 3 } })
      await collector.send([], { dropped: { queue_full: 2 } })
      await collector.send([event()], { dropped: {} })
      const [sum] = await collector.rows(
        `select sum((dropped->>'queue_full')::integer)::float8 as lost from token_usages`,
      )
      expect(sum).toEqual({ lost: 5 })
    })

    it('counted by the sender are kept for any reason of up to 64 characters', async () => {
      const dropped = { queue_full: 1, before: 2, 'Größe über 32 kB': 3, constructor: 4, ['r'.repeat(64)]: 5 }
      const { request_id } = await collector.send([event()], { dropped })
      expect(
        await collector.rows(`select dropped from token_usages where request_id = '${request_id}'`),
      ).toEqual([{ dropped }])
    })
  })

  describe('clocks', () => {
    it('that are 3 hours wrong are corrected, also for the session', async () => {
      const threeHours = 3 * 3_600_000
      const at = (ms: number) => new Date(noon + threeHours + ms).toISOString()
      const wrong = event({
        name: 'skewed',
        anonymous_id: 'skewed',
        occurred_at: at(-10_000),
        session: { ...session('skewed'), started_at: at(-20_000) },
      })
      await collector.send([wrong], { sent_at: at(0) })
      expect(await collector.rows(`select occurred_at from events where name = 'skewed'`)).toEqual([
        { occurred_at: new Date(noon - 10_000) },
      ])
      expect(
        await collector.rows(
          `select s.started_at from sessions_tracking s join events e on e.session_id = s.id where e.name = 'skewed'`,
        ),
      ).toEqual([{ started_at: new Date(noon - 20_000) }])
    })

    it('that are slightly ahead are set to the time of receipt', async () => {
      await collector.send([event({ name: 'ahead', occurred_at: new Date(noon + 59_000).toISOString() })])
      expect(await collector.rows(`select occurred_at from events where name = 'ahead'`)).toEqual([
        { occurred_at: new Date(noon) },
      ])
    })
  })

  describe('rows that are deleted meanwhile', () => {
    it('cost no event: the value of a dimension is inserted again', async () => {
      const visit = (id: string) =>
        event({ session: session(id, 'https://shop.example/?utm_source=deleted') })
      await collector.send([visit('before')])
      await collector.db.query(`delete from utm_sources where value = 'deleted'`)
      expect(await collector.send([visit('after')])).toMatchObject({ accepted: 1 })
    })
  })

  describe('months', () => {
    it('get their partition with their first event, within the horizon', async () => {
      await collector.send([event({ name: 'last month', occurred_at: '2026-10-25T00:00:00Z' })])
      expect(
        await collector.rows(
          `select tableoid::regclass::text as partition from events where name = 'last month'`,
        ),
      ).toEqual([{ partition: 'events_2026_10' }])
    })

    it('with a dropped partition get it again', async () => {
      await collector.db.query('drop table events_2026_10')
      expect(
        await collector.send([event({ name: 'again', occurred_at: '2026-10-26T00:00:00Z' })]),
      ).toMatchObject({ accepted: 1 })
    })
  })
})
