/** The sessions of events with a cookie and without a reported session. */
import type { WireEvent } from '@headwater/contract'
import type { Db } from '@headwater/db/db'
import { onBothDatabases } from '@headwater/db/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestCollector, event, noon, session, type TestCollector } from '../../testing.ts'
import selectRecentSessions from '../sessions/sql/select_recent_sessions.sql?raw'

const shop = 'https://shop.example/'

const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(() => collector.db.query('truncate customers, identities, events, event_dedup_keys cascade'))
  afterAll(() => collector.db.close())

  const at = (minutes: number) => new Date(noon - 3 * 3_600_000 + minutes * 60_000).toISOString()
  const page = (minutes: number, fields: Partial<WireEvent> = {}) =>
    event({ type: 'page', name: '/', url: shop, occurred_at: at(minutes), ...fields })
  const track = (minutes: number, fields: Partial<WireEvent> = {}) =>
    event({ occurred_at: at(minutes), ...fields })
  const reported = (id: string, minutes: number) => ({ ...session(id), started_at: at(minutes) })

  /** The start, length (in minutes) and views of each session. */
  const sessions = async () => {
    const rows = await collector.rows<{ started: Date; minutes: number; views: number }>(
      'select started_at as started, (duration_ms / 60000)::float8 as minutes, view_count::float8 as views from sessions_tracking order by started_at, id',
    )
    return rows.map(({ started, minutes, views }) => [
      (started.getTime() - Date.parse(at(0))) / 60_000,
      minutes,
      views,
    ])
  }
  const touches = () =>
    collector.rows<{ source: string }>(
      `select coalesce(u.value, r.domain, 'direct') as source from touches t
       left join utm_sources u on u.website_id = t.website_id and u.id = t.utm_source_id
       left join referrer_domains r on r.website_id = t.website_id and r.id = t.referrer_domain_id
       order by t.occurred_at, t.id`,
    )

  describe('the first event of a visitor', () => {
    it('opens a session with its key as id, its address as landing and its referrer as source', async () => {
      const key = '0199aaaa-0000-7000-8000-000000000001'
      await collector.send([
        page(0, { idempotency_key: key, referrer_url: 'https://duckduckgo.com/?q=mugs#top' }),
      ])
      expect(
        await collector.rows(
          `select s.client_session_id::text as id, s.landing_url, s.referrer_url, p.path, s.is_bot,
             (select count(*) from events e where e.session_id = s.id)::float8 as events
           from sessions_tracking s join landing_pages p on p.id = s.landing_page_id`,
        ),
      ).toEqual([
        {
          id: key,
          landing_url: shop,
          referrer_url: 'https://duckduckgo.com/?q=mugs',
          path: '/',
          is_bot: false,
          events: 1,
        },
      ])
      expect(await touches()).toEqual([{ source: 'duckduckgo.com' }])
    })

    it('without a page opens a session without a landing, and leaves no touch', async () => {
      await collector.send([track(0), track(1)])
      expect(await sessions()).toEqual([[0, 1, 0]])
      expect(await touches()).toEqual([])
    })

    it('sent twice opens one session', async () => {
      const first = page(0)
      await collector.send([first])
      await collector.send([first])
      expect(await sessions()).toEqual([[0, 0, 1]])
    })

    it('opens one session if several requests bring a first event at once', async () => {
      await Promise.all(Array.from({ length: 8 }, (_, i) => collector.send([page(i)])))
      expect(await collector.count('sessions_tracking')).toBe(1)
    })
  })

  describe('later events', () => {
    it.each<[string, Partial<WireEvent>[][], number[][]]>([
      ['continue the session', [[page(0), track(10)], [page(40)]], [[0, 40, 2]]],
      [
        'continue the session until more than 30 minutes pass between two',
        [[page(0)], [page(30)], [page(61)]],
        [
          [0, 30, 2],
          [61, 0, 1],
        ],
      ],
      ['continue the session in a chain, in any order', [[page(50), page(0), page(25)]], [[0, 50, 3]]],
      [
        'are divided by time, in any order',
        [[page(120), page(0), page(100), page(10)]],
        [
          [0, 10, 2],
          [100, 20, 2],
        ],
      ],
      [
        'become the start of a session opened shortly after them, if they are late',
        [[page(40)], [page(20)]],
        [[20, 20, 2]],
      ],
      [
        'open another session if they arrive by another campaign',
        [[page(0, { url: `${shop}?utm_source=a` })], [page(5, { url: `${shop}?utm_source=b` })], [page(6)]],
        [
          [0, 0, 1],
          [5, 1, 2],
        ],
      ],
      [
        'continue the session if they have a campaign but are not page views',
        [[page(0), track(5, { url: `${shop}?utm_source=b` })]],
        [[0, 5, 1]],
      ],
    ])('%s', async (_, batches, expected) => {
      for (const batch of batches) await collector.send(batch)
      expect(await sessions()).toEqual(expected)
    })

    it('leave no second touch if they have its campaign again', async () => {
      const url = `${shop}?utm_source=a`
      await collector.send([page(0, { url, referrer_url: 'https://duckduckgo.com/' }), page(1, { url })])
      await collector.send([page(2, { url })])
      expect(await touches()).toEqual([{ source: 'a' }])
    })

    it('are in the same sessions in any order of one batch', async () => {
      const events = [page(0), page(29), track(58), page(90), page(91, { url: `${shop}?gclid=x` })]
      for (const order of [
        [0, 1, 2, 3, 4],
        [4, 3, 2, 1, 0],
        [2, 0, 4, 1, 3],
      ]) {
        await collector.db.query('truncate customers, identities, events, event_dedup_keys cascade')
        await collector.send(order.map((i) => events[i]))
        expect(await sessions()).toEqual([
          [0, 58, 2],
          [90, 0, 1],
          [91, 0, 1],
        ])
      }
    })

    it('have the source of their session, in their own batch or another', async () => {
      await collector.send([page(0, { url: `${shop}?utm_source=a` }), track(1)])
      await collector.send([track(2)])
      expect(
        await collector.rows(
          `select count(*)::float8 as n from events e
           join sessions_tracking s on s.id = e.session_id join utm_sources u on u.id = s.utm_source_id where u.value = 'a'`,
        ),
      ).toEqual([{ n: 3 }])
    })

    it('are credited to its landing if they convert', async () => {
      await collector.send([page(0, { url: `${shop}?utm_source=a` })])
      await collector.send([track(5, { name: 'purchase', conversion: true })])
      expect(
        await collector.rows(
          `select c.attributed_touch_id = t.id as credited, s.conversion_count::float8 as converted
           from conversions c join sessions_tracking s on s.id = c.session_id join touches t on t.session_id = s.id`,
        ),
      ).toEqual([{ credited: true, converted: 1 }])
    })

    it('of another person open another session; those without a user continue the latest', async () => {
      await collector.send([
        page(0, { user_id: 'alice' }),
        page(1, { user_id: 'bob' }),
        page(2),
        page(3, { anonymous_id: 'visitor-2' }),
      ])
      await collector.send([page(4), page(5, { user_id: 'alice' })])
      expect(await sessions()).toEqual([
        [0, 0, 1],
        [1, 3, 3],
        [3, 0, 1],
        [5, 0, 1],
      ])
    })
  })

  describe('events without a session lead to the same sessions in any order of arrival', () => {
    const all = async () =>
      (
        await collector.rows<{ row: object }>(
          `select jsonb_build_object('started', s.started_at, 'ended', s.ended_at, 'views', s.view_count, 'landing', s.landing_url,
             'referrer', s.referrer_url, 'page', p.path, 'conversions', s.conversion_count,
             'events', (select jsonb_agg(e.name order by e.name) from events e where e.session_id = s.id),
             'touches', (select jsonb_agg(jsonb_build_array(t.occurred_at, d.domain, t.is_direct) order by t.occurred_at)
                from touches t left join referrer_domains d on d.id = t.referrer_domain_id where t.session_id = s.id)) as row
           from sessions_tracking s left join landing_pages p on p.id = s.landing_page_id order by s.started_at`,
        )
      ).map(({ row }) => row)
    const clear = () => collector.db.query('truncate customers, identities, events, event_dedup_keys cascade')
    const view = (minutes: number, fields: Partial<WireEvent> = {}) =>
      page(minutes, { name: `at ${minutes}`, url: `${shop}${minutes}`, ...fields })

    const arrivedInOrder = async (events: WireEvent[]) => {
      await clear()
      for (const each of [...events].sort((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1)))
        await collector.send([each])
      return all()
    }

    it.each([
      [[0, 5, 10], 1],
      [[0, 25, 50], 1],
      [[0, 30, 60, 90], 1],
      [[0, 31, 40, 80], 3],
    ])('at %j minutes: %i', async (minutes, count) => {
      const events = minutes.map((at) => view(at))
      const expected = await arrivedInOrder(events)
      expect(expected).toHaveLength(count)
      for (const order of permutations(events)) {
        await clear()
        for (const each of order) await collector.send([each])
        expect(await all()).toEqual(expected)
      }
    })

    it('at any times, by any referrer, in batches of any size', async () => {
      const moments = fc.uniqueArray(
        fc.tuple(fc.integer({ min: 0, max: 170 }), fc.constantFrom(undefined, 'https://duckduckgo.com/')),
        {
          minLength: 2,
          maxLength: 7,
          selector: ([minutes]) => minutes,
        },
      )
      const shuffled = moments.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.integer({ min: 1, max: 3 }),
        ),
      )
      await fc.assert(
        fc.asyncProperty(shuffled, async ([moments, order, size]) => {
          const made = new Map(
            moments.map((moment) => [moment, view(moment[0], { referrer_url: moment[1] })]),
          )
          const expected = await arrivedInOrder([...made.values()])
          await clear()
          for (let i = 0; i < order.length; i += size)
            await collector.send(order.slice(i, i + size).map((moment) => made.get(moment)))
          expect(await all()).toEqual(expected)
        }),
        { numRuns: 20 },
      )
    })

    it('and a touch that a conversion references is withdrawn, if its session turns out to have begun earlier', async () => {
      await collector.send([view(10)])
      await collector.send([track(12, { name: 'purchase', conversion: true })])
      await collector.send([view(0, { referrer_url: 'https://duckduckgo.com/' })])
      expect(await sessions()).toEqual([[0, 12, 2]])
      expect(await touches()).toEqual([{ source: 'duckduckgo.com' }, { source: 'direct' }])
      expect(await collector.rows('select is_withdrawn from touches order by occurred_at')).toEqual([
        { is_withdrawn: false },
        { is_withdrawn: true },
      ])
    })
  })

  describe('a reported session', () => {
    it.each<[string, () => Partial<WireEvent>[][]]>([
      ['before', () => [[page(10, { session: reported('own', 10) })], [page(12), page(5)]]],
      ['in the same batch', () => [[page(12), page(10, { session: reported('own', 10) }), page(5)]]],
    ])('%s includes the events of its time, and keeps its reported start', async (_, batches) => {
      for (const batch of batches()) await collector.send(batch)
      expect(await sessions()).toEqual([[10, 2, 3]])
    })

    it('without a landing does not get one from them', async () => {
      const { landing_url: _, ...continued } = reported('own', 0)
      await collector.send([track(0, { session: continued })])
      await collector.send([page(1)])
      expect(await collector.rows('select landing_url from sessions_tracking')).toEqual([
        { landing_url: null },
      ])
    })
  })

  it('events of servers, which know only a user id, and contacts get no session', async () => {
    const contact = event({ type: 'touch', name: 'email_open' })
    await collector.send([event({ anonymous_id: undefined, user_id: 'u' }), contact])
    expect(await collector.count('sessions_tracking')).toBe(0)
    expect(await collector.count('touches')).toBe(1)
  })

  it('a batch whose events all report sessions queries no others', async () => {
    const asked: string[] = []
    const spied: Db = {
      ...collector.db,
      transaction: (work) =>
        collector.db.transaction((tx) => {
          const query: typeof tx.query = (sql, params) => {
            asked.push(sql)
            return tx.query(sql, params)
          }
          return work({ ...tx, query })
        }),
    }
    const { send } = await createTestCollector(spied)
    await send([page(0, { session: reported('own', 0) })])
    expect([asked.length > 0, asked.includes(selectRecentSessions)]).toEqual([true, false])
    await send([page(0)])
    expect(asked).toContain(selectRecentSessions)
  })
})
