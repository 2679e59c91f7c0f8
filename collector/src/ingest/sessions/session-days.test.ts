/** States what midnight does to sessions where a time zone is set for it. */

import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestCollector, type TestCollector } from '../../testing.ts'

// In Berlin, which is an hour ahead, midnight lies between them.
const evening = '2026-11-20T22:50:00.000Z'
const night = '2026-11-20T23:10:00.000Z'
const later = '2026-11-20T23:15:00.000Z'

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open(), {
      time_zone: 'Europe/Berlin',
      sessions_end_at_midnight: true,
    })
    collector.clock.now = Date.parse('2026-11-21T00:00:00.000Z')
  })
  afterAll(() => collector.db.close())

  const event = (key: string, anonymous_id: string, occurred_at: string, more: object = {}) => ({
    idempotency_key: key,
    type: 'page',
    name: 'page_view',
    url: 'https://shop.example/',
    anonymous_id,
    occurred_at,
    ...more,
  })
  const sessionsOf = (prefix: string) =>
    collector.rows<{
      started: string
      ended: string
      views: number
      landing: string | null
      touches: number
    }>(`
      select to_char(started_at at time zone 'UTC', 'HH24:MI') as started, to_char(ended_at at time zone 'UTC', 'HH24:MI') as ended,
        view_count as views, landing_url as landing,
        (select count(*)::int from touches t where t.website_id = s.website_id and t.session_id = s.id) as touches
      from sessions_tracking s
      where exists (select from events e where e.website_id = s.website_id and e.session_id = s.id and e.props->>'of' = '${prefix}')
      order by started_at`)

  const landing = 'https://shop.example/?utm_source=mail'
  const expected = [
    { started: '22:50', ended: '22:50', views: 1, landing, touches: 1 },
    { started: '23:10', ended: '23:15', views: 2, landing, touches: 0 },
  ]

  it('sessions are two where a client told one, whatever the order of its batches', async () => {
    const session = { id: 's1', started_at: evening, landing_url: landing, utm: { source: 'mail' } }
    const more = { session, props: { of: 'told' } }
    await collector.send([event('told-3', 'a1', later, more)])
    await collector.send([event('told-1', 'a1', evening, more), event('told-2', 'a1', night, more)])
    expect(await sessionsOf('told')).toEqual(expected)
  })

  it('sessions are two where the collector gives them', async () => {
    const props = { of: 'given' }
    const first = event('given-1', 'a2', evening, { url: landing, props })
    await collector.send([first, event('given-2', 'a2', night, { url: landing, props })])
    await collector.send([event('given-3', 'a2', later, { url: landing, props })])
    expect(await sessionsOf('given')).toEqual(expected)
  })

  it('sessions stay one within a day', async () => {
    const session = { id: 's3', started_at: night, landing_url: landing }
    const more = { session, props: { of: 'day' } }
    await collector.send([event('day-1', 'a3', night, more), event('day-2', 'a3', later, more)])
    expect(await sessionsOf('day')).toMatchObject([{ started: '23:10', ended: '23:15', views: 2 }])
  })
})
