/** How a session is split that a client reports for days, with a new start each time. */
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTestCollector, type TestCollector } from '../../testing.ts'

const now = Date.parse('2026-11-20T12:00:00Z')
const hour = 3_600_000
const iso = (hoursAgo: number) => new Date(now - hoursAgo * hour).toISOString()

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
    collector.clock.now = now
  })
  beforeEach(() => collector.db.query('truncate customers, identities, events, event_dedup_keys cascade'))
  afterAll(() => collector.db.close())

  const event = (hoursAgo: number, startedHoursAgo = hoursAgo) => ({
    idempotency_key: `before ${hoursAgo}`,
    type: 'page',
    name: 'page_view',
    anonymous_id: 'a',
    url: 'https://shop.example/',
    occurred_at: iso(hoursAgo),
    session: {
      id: 's1',
      started_at: iso(startedHoursAgo),
      landing_url: 'https://shop.example/?utm_source=mail',
    },
  })
  const sessions = () =>
    collector.rows<{ hours: number; views: number; touches: number }>(`
      select extract(epoch from ended_at - started_at)::float8 / 3600 as hours, view_count as views,
        (select count(*)::int from touches t where t.website_id = s.website_id and t.session_id = s.id) as touches
      from sessions_tracking s order by started_at`)

  const expected = [
    { hours: 0, views: 1, touches: 1 },
    { hours: 1, views: 2, touches: 0 },
  ]

  it('events of one batch that are days apart are in two sessions; the landing counts once', async () => {
    await collector.send([event(71), event(1), event(2)])
    expect(await sessions()).toEqual(expected)
  })

  it('events of several batches that are days apart are in two sessions', async () => {
    await collector.send([event(71)])
    await collector.send([event(2)])
    await collector.send([event(1)])
    expect(await sessions()).toEqual(expected)
  })

  it('an event that was moved lands its session after all when the database refuses the one before it', async () => {
    await collector.db.query(
      `alter table events add constraint event_is_not_poison check (name <> 'poison') not valid`,
    )
    const poison = { ...event(71), name: 'poison' }
    expect(await collector.send([poison, event(1)])).toMatchObject({ accepted: 1, rejected: 1 })
    await collector.db.query('alter table events drop constraint event_is_not_poison')
    expect(await sessions()).toEqual([{ hours: 0, views: 1, touches: 1 }])
  })

  it('events that are exactly 24 hours apart are in one session', async () => {
    await collector.send([event(30), event(6)])
    expect(await sessions()).toEqual([{ hours: 24, views: 2, touches: 1 }])
  })

  it('late events are in sessions of their own', async () => {
    for (const hoursAgo of [1, 2, 71]) await collector.send([event(hoursAgo)])
    expect(await sessions()).toEqual([
      { hours: 0, views: 1, touches: 0 },
      { hours: 1, views: 2, touches: 1 },
    ])
  })

  it('no session is longer than 24 hours, in any order of arrival', async () => {
    for (const hoursAgo of [50, 3, 70, 26, 49, 2, 25, 1, 60]) await collector.send([event(hoursAgo)])
    const [longest] = await collector.rows<{ hours: number }>(
      `select max(extract(epoch from ended_at - started_at))::float8 / 3600 as hours from sessions_tracking`,
    )
    expect(longest?.hours).toBeLessThanOrEqual(24)
    expect((await sessions()).reduce((sum, { views }) => sum + views, 0)).toBe(9)
  })

  it('a session with a constant start ends after 24 hours too', async () => {
    await collector.send([event(71, 71), event(1, 71)])
    expect(await sessions()).toMatchObject([{ hours: 0 }, { hours: 0, touches: 0 }])
  })

  it('a retried batch is stored once', async () => {
    const batch = [event(71), event(1), event(2)]
    await collector.send(batch)
    await collector.send(batch)
    expect(await sessions()).toEqual(expected)
  })
})
