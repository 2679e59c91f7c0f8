/** That a collector does the work behind its requests by itself. */
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { operations } from './operations.ts'
import { createTestCollector, event, noon, session, type TestCollector } from './testing.ts'
import { startWorkers } from './workers.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  afterAll(() => collector.db.close())

  const visit = (id: string, minutesAgo: number) => {
    const at = new Date(noon - minutesAgo * 60_000).toISOString()
    return event({
      occurred_at: at,
      session: { ...session(id, `https://shop.example/${id}`), started_at: at },
    })
  }
  const versions = () =>
    collector.rows<{ reason: string }>('select reason from credit_versions order by version')

  it('late touches and changed settings are credited, also when one follows the other; stopping ends all of it', async () => {
    const workers = startWorkers({
      db: collector.db,
      now: () => noon,
      onError: (error) => collector.errors.push(error),
    })
    await collector.send([visit('1', 60), event({ name: 'purchase', conversion: true })])
    await collector.send([visit('2', 30)])
    await vi.waitFor(async () => expect(await versions()).toEqual([{ reason: 'late_touch' }]), 15_000)
    await operations['website.settings'](collector, { website: collector.websiteId, models: ['linear'] })
    await vi.waitFor(
      async () => expect(await versions()).toEqual([{ reason: 'late_touch' }, { reason: 'model_changed' }]),
      15_000,
    )
    await workers.stop()
    expect(collector.errors).toEqual([])
  })
})
