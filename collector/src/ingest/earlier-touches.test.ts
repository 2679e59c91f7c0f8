/** What is stored of the earlier touches that an event carries. */
import type { WireEvent, WireTouch } from '@headwater/contract'
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestCollector, event, noon, session, type TestCollector } from '../testing.ts'

const shop = 'https://shop.example/'
const day = 86_400_000

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(() => collector.db.query('truncate customers, identities, events, event_dedup_keys cascade'))
  afterAll(() => collector.db.close())

  const ago = (ms: number) => new Date(noon - ms).toISOString()
  const arrival = (session_id: string, ms: number, fields: Partial<WireTouch> = {}): WireTouch => ({
    session_id,
    occurred_at: ago(ms),
    url: `${shop}?utm_source=${session_id}`,
    ...fields,
  })
  const purchase = (touches: unknown[], fields: Partial<WireEvent> = {}) =>
    event({
      name: 'purchase',
      conversion: true,
      occurred_at: ago(1_000),
      session: { ...session('now'), started_at: ago(60_000) },
      touches: touches as WireTouch[],
      ...fields,
    })
  /** The source and the age of each touch. */
  const touches = async () => {
    const rows = await collector.rows<{ source: string; at: Date }>(
      `select coalesce(u.value, r.domain, 'direct') as source, t.occurred_at as at from touches t
       left join utm_sources u on u.website_id = t.website_id and u.id = t.utm_source_id
       left join referrer_domains r on r.website_id = t.website_id and r.id = t.referrer_domain_id
       order by t.occurred_at, t.id`,
    )
    return rows.map(({ source, at }) => [source, noon - at.getTime()])
  }
  const sessions = () =>
    collector.rows<{ id: string }>(
      'select landing_url, started_at, ended_at, view_count::float8 as views from sessions_tracking order by started_at, id',
    )
  const direct = ['direct', 60_000] // the landing of the purchase's own session

  describe('an earlier touch that is not stored', () => {
    it('is stored with its session, from the event that carries it', async () => {
      await collector.send([purchase([arrival('ad', 2 * day)])])
      expect(await touches()).toEqual([['ad', 2 * day], direct])
      expect(await sessions()).toMatchObject([
        {
          landing_url: `${shop}?utm_source=ad`,
          started_at: new Date(noon - 2 * day),
          ended_at: new Date(noon - 2 * day),
          views: 0,
        },
        { landing_url: shop },
      ])
      expect(
        await collector.rows(
          'select count(*)::float8 as n from touches t join events e on e.id = t.source_event_id',
        ),
      ).toEqual([{ n: 2 }])
    })

    it('is credited for the conversion that carries it', async () => {
      await collector.send([purchase([arrival('ad', 2 * day)])])
      expect(
        await collector.rows(
          `select u.value from conversions c join touches t on t.id = c.attributed_touch_id join utm_sources u on u.id = t.utm_source_id`,
        ),
      ).toEqual([{ value: 'ad' }])
    })

    it('may be older than an event may, and is left out if it lies in the future', async () => {
      await collector.send([
        purchase([arrival('old', 80 * day), arrival('soon', -day), arrival('ahead', -1_000)]),
      ])
      expect(await touches()).toEqual([['old', 80 * day], direct, ['ahead', 0]])
    })

    it('has its time corrected like that of the batch', async () => {
      const carrier = purchase([arrival('ad', 2 * day + 3_600_000)], {
        occurred_at: ago(3_601_000),
        session: { ...session('now'), started_at: ago(3_660_000) },
      })
      await collector.send([carrier], { sent_at: ago(3_600_000) })
      expect(await touches()).toEqual([['ad', 2 * day], direct])
    })

    it('is the same once its own events arrive', async () => {
      const touch = arrival('ad', day, { referrer_url: 'https://www.google.com/' })
      const { url, referrer_url } = touch
      const late = event({
        type: 'page',
        name: '/',
        url,
        occurred_at: ago(day - 5_000),
        session: { ...session('ad', url, { referrer_url }), started_at: touch.occurred_at },
      })
      const told = async (...batches: unknown[][]) => {
        await collector.db.query('truncate customers, identities, events, event_dedup_keys cascade')
        for (const batch of batches) await collector.send(batch)
        return [await touches(), await sessions()]
      }
      const expected = await told([late], [purchase([touch])])
      expect(await told([purchase([touch])], [late])).toEqual(expected)
      expect(await told([purchase([touch]), late])).toEqual(expected)
    })
  })

  describe('an earlier touch that is stored', () => {
    it('changes nothing, even if the clock of the device was set since', async () => {
      const url = `${shop}?utm_source=ad`
      await collector.send([
        event({ occurred_at: ago(day - 5_000), session: { ...session('ad', url), started_at: ago(day) } }),
      ])
      const before = await sessions()
      await collector.send([purchase([arrival('ad', 3 * day)]), purchase([arrival('ad', day - 1_000)])])
      expect((await sessions()).slice(0, 1)).toEqual(before)
      expect(await touches()).toEqual([['ad', day], direct])
    })

    it('adds its landing to a session without one', async () => {
      const continued = { id: 'ad', started_at: ago(day) }
      await collector.send([event({ occurred_at: ago(day), session: continued })])
      await collector.send([purchase([arrival('ad', day)])])
      expect((await sessions())[0]).toMatchObject({ landing_url: `${shop}?utm_source=ad` })
      expect(await touches()).toEqual([['ad', day], direct])
    })

    it('by another cookie is another touch', async () => {
      await collector.send([
        purchase([arrival('ad', day)]),
        purchase([arrival('ad', day)], { anonymous_id: 'b' }),
      ])
      expect((await touches()).filter(([source]) => source === 'ad')).toHaveLength(2)
    })
  })

  it('an earlier touch from the site itself is not stored; one without a source is direct', async () => {
    await collector.send([
      purchase([
        arrival('within', 3 * day, { url: shop, referrer_url: `${shop}cart` }),
        arrival('nowhere', 2 * day, { url: undefined }),
        arrival('typed', day, { url: shop }),
      ]),
    ])
    expect(await touches()).toEqual([['direct', day], direct])
    expect(await sessions()).toHaveLength(2)
  })

  it('an earlier touch is cut like a session', async () => {
    const utm = { source: 'x'.repeat(300) }
    await collector.send([
      purchase([
        arrival('long', day, { url: shop, utm, click_ids: { gclid: 'y'.repeat(600), fbclid: 'z' } }),
      ]),
    ])
    expect((await touches())[0]).toEqual(['x'.repeat(256), day])
    expect(await collector.rows('select click_id_type from touches where click_id_type is not null')).toEqual(
      [{ click_id_type: 'fbclid' }],
    )
  })

  it('earlier touches that are invalid or beyond the limit are left out; the event is stored', async () => {
    const valid = Array.from({ length: 21 }, (_, i) => arrival(`n${i}`, day + i))
    const receipt = await collector.send([
      purchase(['once', { session_id: '' }, ...valid]),
      purchase('none' as unknown as unknown[]),
    ])
    expect(receipt).toMatchObject({ accepted: 2, rejected: 0 })
    expect(await touches()).toHaveLength(18 + 1)
  })

  it.each<[string, Partial<WireEvent>]>([
    ['that is not a conversion', { conversion: false }],
    ['of a server, which has no cookie', { anonymous_id: undefined, user_id: 'u', session: undefined }],
  ])('an event %s carries no earlier touches', async (_, fields) => {
    await collector.send([purchase([arrival('ad', day)], fields)])
    expect((await touches()).filter(([source]) => source === 'ad')).toEqual([])
  })

  it('an earlier touch of an identify is credited for a later conversion of the person', async () => {
    await collector.send([
      event({
        type: 'identify',
        name: undefined,
        user_id: 'u',
        occurred_at: ago(2_000),
        touches: [arrival('ad', day)],
      }),
    ])
    await collector.send([purchase([], { user_id: 'u', session: undefined })])
    expect(
      await collector.rows('select c.attributed_touch_id = t.id as credited from conversions c, touches t'),
    ).toEqual([{ credited: true }])
  })

  it('a purchase without a session continues the latest of its earlier touches', async () => {
    await collector.send([purchase([arrival('ad', 600_000)], { session: undefined })])
    expect(await sessions()).toMatchObject([{ started_at: new Date(noon - 600_000), views: 0 }])
    expect(await touches()).toEqual([['ad', 600_000]])
  })
})
