/** How a collector stops and restarts: SIGTERM under load, and the lock on the folder of the embedded database. */
import { createPublicToken, runCommand, type Settings } from '@headwater/bench/commands'
import { postBatch } from '@headwater/bench/post-batch'
import { createTraffic } from '@headwater/bench/rows'
import type { WireEvent } from '@headwater/contract'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const pepper = 'a pepper for tests, long enough to be one'
const clients = 8
const eventsPerBatch = 20
/** What the collector promises: process managers kill a process that does not end in time after SIGTERM. */
const shutdownLimitMs = 5_000
/** Each test starts several processes, which takes seconds on a busy machine. */
vi.setConfig({ testTimeout: 60_000 })

const onPglite = async (): Promise<Settings> => ({
  HEADWATER_DATA_DIR: await temporaryFolder(),
  HEADWATER_PEPPER: pepper,
})
const onPostgres = async (): Promise<Settings> => ({
  DATABASE_URL: await freshPostgresUrl(),
  HEADWATER_PEPPER: pepper,
})

async function serve(settings: Settings): Promise<CollectorProcess> {
  const collector = await startCollectorProcess('serve', settings)
  onTestFinished(async () => {
    await collector.end('SIGKILL')
  })
  return collector
}

async function serveEmpty(settings: Settings) {
  await runCommand(['migrate'], settings)
  const collector = await serve(settings)
  return { collector, token: await createPublicToken(settings) }
}

/** Sends from all clients until none gets through any more; calls `onAcknowledged` with the number of acknowledged batches. */
async function loadUntilRefused(
  sender: { url: string; token: string },
  onAcknowledged: (batches: number) => void,
) {
  const traffic = createTraffic({ visitors: 100 })
  const acknowledged: WireEvent[][] = []
  const statuses = new Set<number>()
  async function send(): Promise<void> {
    for (let status = 200; status !== 0; ) {
      const batch = Array.from({ length: eventsPerBatch }, traffic.next)
      const answer = await postBatch(sender, batch)
      status = answer.status
      statuses.add(status)
      if (answer.receipt?.accepted === eventsPerBatch) onAcknowledged(acknowledged.push(batch))
    }
  }
  await Promise.all(Array.from({ length: clients }, send))
  return { acknowledged, statuses: [...statuses] }
}

/** Counts the events that a collector does not know: the others are duplicates. */
async function countUnknown(sender: { url: string; token: string }, batches: WireEvent[][]): Promise<number> {
  let unknown = 0
  for (const batch of batches) {
    const { receipt } = await postBatch(sender, batch)
    unknown += batch.length - (receipt?.duplicate ?? 0)
  }
  return unknown
}

describe.each([
  ['PGlite', onPglite],
  ['PostgreSQL 15', onPostgres],
])('SIGTERM under load on %s', (_, prepare) => {
  test('ends the collector with code 0 within 5 s, without losing acknowledged events', async () => {
    const settings = await prepare()
    const { collector, token } = await serveEmpty(settings)
    let signalledAt = Number.POSITIVE_INFINITY
    let ended: Promise<number | null> | undefined
    const { acknowledged, statuses } = await loadUntilRefused({ ...collector, token }, (batches) => {
      if (batches !== 5 * clients) return
      signalledAt = performance.now()
      ended = collector.end('SIGTERM')
    })
    expect(await ended).toBe(0)
    expect(performance.now() - signalledAt).toBeLessThan(shutdownLimitMs)
    expect(statuses.filter((status) => ![200, 503, 0].includes(status))).toEqual([])

    const second = await serve(settings)
    expect(await countUnknown({ ...second, token }, acknowledged)).toBe(0)
  })
})

describe('the folder of the embedded database', () => {
  test('is refused to a second collector, which names the holder and the folder', async () => {
    const settings = await onPglite()
    const { collector } = await serveEmpty(settings)
    const refusal = await startCollectorProcess('serve', settings).catch((error: Error) => error)
    expect(refusal).toMatchObject({ message: expect.stringContaining(`process ${collector.pid}`) })
    expect(refusal).toMatchObject({ message: expect.stringContaining(`${settings.HEADWATER_DATA_DIR}`) })
  })

  test('is free again after kill -9 of its holder, with all acknowledged events', async () => {
    const settings = await onPglite()
    const { collector, token } = await serveEmpty(settings)
    const { acknowledged } = await loadUntilRefused({ ...collector, token }, (batches) => {
      if (batches === 2 * clients) void collector.end('SIGKILL')
    })
    const second = await serve(settings)
    expect(await countUnknown({ ...second, token }, acknowledged)).toBe(0)
  })
})
