/** For tests of the collector: a migrated database and the application on it, without a server. Never shipped. */

import type { Receipt, WireEvent } from '@headwater/contract'
import type { Db } from '@headwater/db/db'
import { migrate } from '@headwater/db/migrate'
import { createJobWork } from '@headwater/jobs/background-jobs'
import type { AppEnv } from '@headwater/server/app-env'
import type { Hono } from 'hono'
import { createApp } from './app.ts'
import { createCreditWork } from './credit/recompute/credit-work.ts'
import { createIngest, type Ingest } from './ingest/ingest.ts'
import { jobKinds } from './jobs.ts'
import { operations } from './operations.ts'
import { createSdkFiles } from './sdk-files.ts'
import { createSecrets, type Secrets } from './secrets.ts'
import { createTokenFinder } from './websites/find-token.ts'
import type { StoredSettings } from './websites/settings.ts'

export interface TestCollector {
  db: Db
  secrets: Secrets
  ingest: Ingest
  app: Hono<AppEnv>
  websiteId: string
  publicToken: string
  secretToken: string
  /** Errors passed to `onError`. */
  errors: unknown[]
  /** The collector's clock, epoch ms; tests set it. */
  clock: { now: number }
  now(): number
  /** Sends events with the public token and returns the receipt; throws unless the status is 200. */
  send(events: unknown[], batch?: object): Promise<Receipt>
  /** Does the work of the workers until none is left. */
  work(): Promise<void>
  /** Does one step of a job; returns whether there was one. */
  workOnJob(): Promise<boolean>
  post(
    body: string | Uint8Array<ArrayBuffer>,
    options?: { path?: string; headers?: Record<string, string> },
  ): Promise<Response>
  count(table: string): Promise<number>
  rows<Row>(sql: string): Promise<Row[]>
  /** Deletes all that events have left. Of few rows that takes a quarter of the time of `truncate`. */
  clear(): Promise<void>
}

export const noon = Date.parse('2026-11-20T12:00:00.000Z')

/** Migrates the database and creates a website with a public and a secret token. */
export async function createTestCollector(db: Db, settings: StoredSettings = {}): Promise<TestCollector> {
  await migrate(db)
  const secrets = createSecrets('a pepper for tests, long enough to be one')
  const { id: websiteId } = await operations['website.create'](
    { db, secrets },
    { name: 'Shop', url: 'https://shop.example' },
  )
  await operations['website.settings']({ db, secrets }, { website: websiteId, ...settings })
  const make = (kind: string) =>
    operations['token.create']({ db, secrets }, { website: websiteId, name: kind, kind })
  const [publicToken, secretToken] = [(await make('public')).token, (await make('secret')).token]

  const clock = { now: noon }
  const now = () => clock.now
  const errors: unknown[] = []
  const tokens = createTokenFinder({ db, secrets, now })
  const onError = (error: unknown) => errors.push(error)
  // A busy machine may exceed the default.
  const ingest = createIngest({ db, secrets, now, onError, answerLimitMs: 30_000 })
  const sdkFiles = createSdkFiles()
  const app = createApp({
    db,
    secrets,
    ingest,
    tokens,
    sdkFiles,
    now,
    trustedProxyHops: 0,
    isReady: () => true,
    onError,
  })

  const credit = createCreditWork({ db, now, onError })
  const workOnJob = createJobWork({ db, kinds: jobKinds, onError })

  const post: TestCollector['post'] = async (body, { path = '/v1/batch', headers = {} } = {}) =>
    app.request(path, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${publicToken}`, 'content-type': 'application/json', ...headers },
    })
  return {
    db,
    secrets,
    ingest,
    app,
    websiteId,
    publicToken,
    secretToken,
    errors,
    clock,
    now,
    post,
    workOnJob,
    async send(events, batch = {}) {
      const response = await post(
        JSON.stringify({ v: 1, sent_at: new Date(clock.now).toISOString(), events, ...batch }),
      )
      if (response.status !== 200)
        throw new Error(`${response.status}: ${await response.text()}`, { cause: errors.at(-1) })
      return (await response.json()) as Receipt // the collector's own response
    },
    async work() {
      while ((await workOnJob()) || (await credit()));
    },
    async count(table) {
      const [row] = await db.query<{ count: number }>(`select count(*)::float8 as count from ${table}`)
      return row?.count ?? 0
    },
    rows: (sql) => db.query(sql),
    clear: () =>
      db.session((session) => session.script(leftByEvents.map((table) => `delete from ${table};`).join(' '))),
  }
}

/** Sessions, touches, conversions and credits go with their customers. */
const leftByEvents = [
  'customers',
  'identities',
  'events',
  'event_dedup_keys',
  'rejected_events',
  'token_usages',
  'client_streams',
  'credit_queue',
  'erasures',
  'background_jobs',
]

let lastEvent = 0

/** A valid event of an anonymous visitor, 1 ms after the previous one; `fields` override its own. */
export function event(fields: Partial<WireEvent> & Record<string, unknown> = {}): WireEvent {
  lastEvent += 1
  return {
    idempotency_key: `event-${lastEvent}`,
    type: 'track',
    name: 'click',
    occurred_at: new Date(noon - 60_000 + lastEvent).toISOString(),
    anonymous_id: 'visitor-1',
    ...fields,
  }
}

/** A session as the SDK reports it, landed on `landingUrl`. */
export const session = (id: string, landingUrl = 'https://shop.example/', more: object = {}) => ({
  id,
  started_at: new Date(noon - 120_000).toISOString(),
  landing_url: landingUrl,
  ...more,
})
