/** A website whose deliveries are counted: its pages, a proxy that fails on demand, and what the collector has stored. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as elapse } from 'node:timers/promises'
import { runHeadwater, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import type { Context, Engine, Tab } from '@headwater/testkit/engines/engine'
import { launchEngine } from '@headwater/testkit/engines/launch'
import postgres from 'postgres'
import { afterAll, test as base, beforeAll, expect, vi } from 'vitest'
import { numbersIn, type Outcome, recoveryIn, repetitionsIn, rowOf, tableOf } from './delivery-table.ts'
import { type Answering, type FaultyProxy, pass, startFaultyProxy } from './faulty-proxy.ts'
import { flush } from './tab.ts'

/** An event is lost when it is not stored within so long of a collector that answers and a page that is open. */
const patienceMs = 60_000

/** How a page calls `track('e', { n })`. */
export interface Recording {
  /** Spreads the calls over this time, in ms; otherwise they are one task. */
  overMs?: number
  /** More props for each event. */
  props?: object
  /** Leaves for this address in the same task as the last call. */
  thenGo?: string
}

export interface StoredEvent {
  n: number
  key: string
  /** Epoch ms. */
  occurredAt: number
}

/** The notices that the SDK has emitted on a page. */
export interface PageNotices {
  errors: string[]
  dropped: { reason: string; count: number }[]
}

export interface Site {
  proxy: FaultyProxy
  /** The visitor's browser. Other contexts are other visitors, or the same one in a restarted browser. */
  context: Context
  /** What pages threw. */
  pageErrors: Error[]
  /** A second token of the website. */
  createToken(): Promise<string>
  /** Opens the site in a tab, in `context` unless another one is given. */
  open(context?: Context): Promise<Tab>
  /** The same, and delivers its page view. */
  openDelivered(): Promise<Tab>
  /** Makes a page record `count` events, which count as sent and are numbered across the whole site from 0. */
  record(page: Tab, count: number, how?: Recording): Promise<void>
  /** From now on batches get this reply, or meet a closed port. */
  beginOutage(how: Answering | 'closed port'): Promise<void>
  /** From now on they get these replies; afterwards they pass. */
  endOutage(answering?: Answering): Promise<void>
  /** Waits until everything sent is stored, or until the time limit, then counts. */
  outcome(): Promise<Outcome>
  /** In the order of their times, then of their keys. */
  stored(): Promise<StoredEvent[]>
}

/** What all sites of a test file share. */
interface Ground {
  collectorUrl: string
  token: string
  createToken(): Promise<string>
  browser: Engine
  sql: postgres.Sql
  close(): Promise<void>
}

/** Sets up a test file with a collector and a browser. Each test has a `site`; at the end their table is printed. */
export function testDelivery() {
  const rows: Record<string, string>[] = []
  let ground: Ground
  beforeAll(async () => {
    ground = await prepareGround()
  })
  afterAll(async () => {
    console.log(tableOf(rows))
    await ground?.close()
  })
  return base.extend<{ site: Site }>({
    site: async ({ task }, use) => {
      const { site, count, close } = await openSite(ground)
      await use(site)
      rows.push(rowOf(task.name, await count()))
      await close()
    },
  })
}

/** An outcome in which each event is stored, and was sent to the collector once. */
export const allOnce = { lost: 0, storedTwice: 0, sentAgain: 0 }

/**
 * A leaving page does not receive the answer, so its events are sent again. A page is hidden before it is left: a full Chromium
 * may abort the request of the first moment, and then each event is sent twice more.
 */
export async function expectAllDespiteLeaving(site: Site): Promise<void> {
  const outcome = await site.outcome()
  expect(outcome).toMatchObject({ lost: 0, storedTwice: 0 })
  expect(outcome.mostSentAgain).toBeLessThanOrEqual(2)
}

export const setToken = (page: Tab, token: string): Promise<void> =>
  page.evaluate((it) => headwater.setToken(it), token)

export const listen = (page: Tab): Promise<PageNotices> => page.evaluate(() => notices)

/** Waits for a time that belongs to the scenario, with or without a page. */
export const pause = (ms: number): Promise<void> => elapse(ms)

/** The notices on pages of the proxy; for functions that run there. */
declare const notices: PageNotices

async function prepareGround(): Promise<Ground> {
  const [databaseUrl, folder] = [await freshPostgresUrl(), await temporaryFolder()]
  const settings = {
    DATABASE_URL: databaseUrl,
    HEADWATER_PEPPER: 'a pepper for deliveries, long enough to be one',
    HEADWATER_DATA_DIR: `${folder}/data`,
  }
  const collector = await startCollectorProcess('dev', settings)
  const browser = await launchEngine()
  const sql = postgres(databaseUrl, { onnotice: () => {} })
  const { public_token, website_id } = JSON.parse(await readFile(`${folder}/dev.json`, 'utf8'))
  return {
    collectorUrl: collector.url,
    token: public_token,
    browser,
    sql,
    async createToken() {
      const command = ['token', 'create', '--website', website_id, '--name', randomUUID()]
      const { token } = (await runHeadwater(command, settings)) as { token: string } // see operations.ts
      return token
    },
    async close() {
      await browser.close()
      await sql.end()
      await collector.end('SIGTERM')
    },
  }
}

async function openSite({ collectorUrl, token, createToken, browser, sql }: Ground) {
  const proxy = await startFaultyProxy(collectorUrl, token)
  const context = await browser.newContext()
  await context.newPage() // stays, so that there always is one
  const address = `${proxy.pages.origin}/${randomUUID()}`
  const pages: Tab[] = []
  const pageErrors: Error[] = []
  let sent = 0
  let outage = { from: Infinity, to: Infinity }

  const site: Site = {
    proxy,
    context,
    pageErrors,
    createToken,
    async open(inContext = context) {
      const page = await inContext.newPage()
      page.on('pageerror', (error) => pageErrors.push(error))
      pages.push(page)
      await page.goto(address)
      return page
    },
    async openDelivered() {
      const page = await site.open()
      await flush(page)
      return page
    },
    async record(page, count, how = {}) {
      const from = sent
      sent += count
      const recording = page.evaluate(recordInPage, { from, count, ...how })
      if (!how.thenGo) return recording
      // The page may close before it has answered.
      await Promise.all([page.waitForURL(how.thenGo), recording.catch(() => {})])
    },
    async beginOutage(how) {
      outage = { from: Date.now(), to: Infinity }
      if (how === 'closed port') await proxy.refuse()
      else proxy.answer(how)
    },
    async endOutage(answering = pass) {
      proxy.answer(answering)
      await proxy.listen()
      outage.to = Date.now()
    },
    async outcome() {
      await reach(() => numbersIn(proxy.batches).size >= sent, patienceMs)
      const live = pages.filter((page) => !page.isClosed())
      const flushed = live.map((page) => page.evaluate(flushInPage, address))
      await Promise.race([Promise.allSettled(flushed), pause(5_000)]) // what a page would still send, it sends now
      await reach(() => proxy.batches.every(({ endedAt }) => endedAt), 5_000)
      return count()
    },
    stored: () => selectStored(sql, address),
  }

  async function count(): Promise<Outcome> {
    const stored = await site.stored()
    const distinct = new Set(stored.map(({ n }) => n)).size
    return {
      sent,
      lost: sent - distinct,
      storedTwice: stored.length - distinct,
      ...repetitionsIn(proxy.batches),
      ...recoveryIn(proxy.batches, outage),
    }
  }

  async function close(): Promise<void> {
    await context.close()
    await proxy.close()
  }

  return { site, count, close }
}

const selectStored = (sql: postgres.Sql, address: string): Promise<StoredEvent[]> => sql<StoredEvent[]>`
  select (e.props->>'n')::int as n, e.idempotency_key as key,
    extract(epoch from e.occurred_at)::float8 * 1000 as "occurredAt"
  from events e
  join event_dedup_keys k on k.website_id = e.website_id and k.idempotency_key = e.idempotency_key
  where e.name = 'e'
    and e.url = ${address}
  order by e.occurred_at, e.idempotency_key`

/** Runs in the page. */
async function recordInPage(recording: Recording & { from: number; count: number }): Promise<void> {
  const { from, count, overMs = 0, props, thenGo } = recording
  const startedAt = performance.now()
  for (let made = 0; made < count; ) {
    const isDue = overMs ? (count * (performance.now() - startedAt)) / overMs : count
    while (made < Math.min(count, isDue)) headwater.track('e', { n: from + made++, ...props })
    if (made < count) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  if (thenGo) location.href = thenGo
}

/** Runs in the page, which may show another website. */
function flushInPage(address: string): Promise<void> | undefined {
  if (location.href === address) return headwater.flush()
}

/** Waits for a condition; one that is not met shows in the counts that follow. */
async function reach(condition: () => boolean, timeout: number): Promise<void> {
  await vi.waitUntil(condition, { timeout, interval: 20 }).catch(() => {})
}
