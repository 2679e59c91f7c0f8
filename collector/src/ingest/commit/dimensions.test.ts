import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestCollector, type TestCollector } from '../../testing.ts'
import type { Origin } from '../event.ts'
import { createDimensions } from './dimensions.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  afterAll(() => collector.db.close())

  const from = (source: string): Origin => ({ source: { utm: { source }, isDirect: false } })
  const start = () => createDimensions({ db: collector.db, now: () => collector.clock.now })
  const resolve = async (dimensions: ReturnType<typeof start>, ...origins: Origin[]) => {
    const ids = await dimensions.resolve(
      origins.map((origin) => ({ websiteId: collector.websiteId, origin })),
    )
    return origins.map((origin) => ids(origin).source)
  }

  it('a value has one id in all processes, whichever stores it first', async () => {
    const [a, b] = [start(), start()]
    const found = await Promise.all([resolve(a, from('x'), from('y')), resolve(b, from('y'), from('x'))])
    expect(found[0]).toEqual([...(found[1] as string[])].reverse())
    expect(await resolve(start(), from('x'))).toEqual([found[0]?.[0]])
  })

  it('a missing value of an origin is null', async () => {
    const origin = from('x')
    const ids = await start().resolve([{ websiteId: collector.websiteId, origin }])
    expect(ids(origin)).toMatchObject({ medium: null, referrerDomain: null, landingPage: null })
  })

  it('after 10,000 new values, further ones are (other) until the next day', async () => {
    const dimensions = start()
    const origins = Array.from({ length: 10_002 }, (_, i) => from(`flood-${i}`))
    const ids = await resolve(dimensions, ...origins)
    expect(new Set(ids).size).toBe(10_001)
    const [other] = await collector.rows<{ id: string }>(
      `select id::text from utm_sources where value = '(other)'`,
    )
    expect(ids.filter((id) => id === other?.id)).toHaveLength(2)
    const known = ids.findIndex((id) => id !== other?.id)
    expect(await resolve(start(), from(`flood-${known}`))).toEqual([ids[known]]) // a known value costs nothing
    collector.clock.now += 86_400_000
    expect(await resolve(dimensions, from('tomorrow'))).not.toEqual([other?.id])
  })
})
