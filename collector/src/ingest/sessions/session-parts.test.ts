/** Where the collector ends a session that its client continues to report. */

import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestCollector, type TestCollector } from '../../testing.ts'
import type { EventSession } from '../event.ts'
import { correctClock } from '../judge/clock.ts'
import { partOfSession } from './session-parts.ts'

const noon = Date.parse('2026-11-20T12:00:00Z')
const [minute, hour] = [60_000, 3_600_000]
const iso = (at: number) => new Date(at).toISOString()

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

  it('a reported session is split in two, in any order of its batches', async () => {
    const session = { id: 's1', started_at: evening, landing_url: landing, utm: { source: 'mail' } }
    const more = { session, props: { of: 'told' } }
    await collector.send([event('told-3', 'a1', later, more)])
    await collector.send([event('told-1', 'a1', evening, more), event('told-2', 'a1', night, more)])
    expect(await sessionsOf('told')).toEqual(expected)
  })

  it('an assigned session is split in two', async () => {
    const props = { of: 'given' }
    const first = event('given-1', 'a2', evening, { url: landing, props })
    await collector.send([first, event('given-2', 'a2', night, { url: landing, props })])
    await collector.send([event('given-3', 'a2', later, { url: landing, props })])
    expect(await sessionsOf('given')).toEqual(expected)
  })

  it('a session within a day is not split', async () => {
    const session = { id: 's3', started_at: night, landing_url: landing }
    const more = { session, props: { of: 'day' } }
    await collector.send([event('day-1', 'a3', night, more), event('day-2', 'a3', later, more)])
    expect(await sessionsOf('day')).toMatchObject([{ started: '23:10', ended: '23:15', views: 2 }])
  })
})

describe('the part of a session for 24 hours', () => {
  const session: EventSession = {
    clientId: '0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b',
    startedAt: noon - 71 * hour,
    landingUrl: 'https://shop.example/',
    referrerUrl: null,
    origin: { source: { utm: {}, isDirect: true } },
  }
  const partAt = (before: number) => {
    const times = {
      occurred_at: iso(noon - before),
      session: { id: 's', started_at: iso(session.startedAt) },
    }
    return partOfSession(session, correctClock({ idempotency_key: 'k', type: 'track', ...times }, 0, noon))
  }

  it('is the session itself for the first 24 hours', () => {
    expect(partAt(71 * hour)).toBe(session)
    expect(partAt(47 * hour)).toBe(session)
  })

  it('is a separate session after that, the same for all events of 24 hours', () => {
    const ids = [46, 24, 23, 22, 1].map((hours) => partAt(hours * hour).clientId)
    expect(new Set([session.clientId, ...ids]).size).toBe(3)
    expect(ids).toEqual([ids[0], ids[0], ids[0], ids[3], ids[3]])
  })

  it('begins with its event and leaves no landing touch, but keeps the source', () => {
    const { clientId, ...part } = partAt(hour)
    const { clientId: _, ...whole } = session
    expect(clientId).toMatch(/^[0-9a-f-]{36}$/)
    expect(part).toEqual({ ...whole, startedAt: noon - hour, isContinuation: true })
  })

  it('is never longer than 24 hours', () => {
    const bounds = new Map<string, number[]>()
    for (let before = 71 * hour; before >= 0; before -= 10 * minute) {
      const { clientId } = partAt(before)
      bounds.set(clientId, [...(bounds.get(clientId) ?? []), before])
    }
    for (const times of bounds.values())
      expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(24 * hour)
  })
})
