/**
 * Fills a migrated database with a history: rows as the collector would have stored them, generated in SQL. The session with
 * number n and everything that belongs to it depend only on n (see sql/create_plan.sql).
 */
import { createPartitions } from '@headwater/db/partitions'
import { createPostgresDb } from '@headwater/db/postgres'
import postgres from 'postgres'
import { createSecrets } from '../../../../collector/src/secrets.ts'
import { makeToken, makeWebsiteKey, readToken } from '../../../../collector/src/websites/token-text.ts'
import { pepper } from '../targets.ts'
import { type Ranks, returningVisitor, type VisitedWebsite } from '../visits.ts'
import createPlan from './sql/create_plan.sql?raw'
import finish from './sql/finish.sql?raw'
import insertCustomers from './sql/insert_customers.sql?raw'
import insertDimensions from './sql/insert_dimensions.sql?raw'
import insertEvents from './sql/insert_events.sql?raw'
import insertPlan from './sql/insert_plan.sql?raw'
import insertSessions from './sql/insert_sessions.sql?raw'
import insertWebsites from './sql/insert_websites.sql?raw'

/** How large the database is; sessions have five events each. */
export interface Size {
  websites: number
  /** A multiple of the websites. */
  customers: number
  sessions: number
}

/** What is generated. */
export interface Past {
  size: Size
  /** All of the size's. */
  websites: VisitedWebsite[]
  /** Customers, by website and rank. */
  customers: { websiteIds: number[]; ranks: Ranks }
  /** `none`: the customers are known, and nothing is stored of what they did. */
  sessions: 'all' | 'none'
}

/** Four calendar months, or three; less than the 90 days that credit looks back. */
const pastMs = 75 * 86_400_000
/** The past ends before the sessions begin that the load sends. */
const gapMs = 60 * 60_000
/** Rows of one statement: memory holds them, and the triggers that check their foreign keys. */
const customersAtOnce = 50_000
const sessionsAtOnce = 50_000

/** Websites with a public token each, under the ids from 1 on. */
export const makeWebsites = (count: number): VisitedWebsite[] =>
  Array.from({ length: count }, (_, i) => ({ id: i + 1, token: makeToken('public', makeWebsiteKey()) }))

/** Fills the database at `databaseUrl`, which must hold the schema and nothing else; takes about 20 s a million events. */
export async function generate(databaseUrl: string, past: Past): Promise<void> {
  const endedAt = Date.now() - gapMs
  const span = { startedAt: endedAt - pastMs, endedAt }
  await makePartitions(databaseUrl, span)
  // Two connections: the server and its two cores then work on two statements.
  const sql = postgres(databaseUrl, { max: 2, onnotice: () => {} })
  try {
    await sql.unsafe(createPlan)
    await sql.unsafe(insertPlan, [
      ...Object.values(past.size),
      toInstant(span.startedAt),
      toInstant(span.endedAt),
    ])
    await addWebsites(sql, past.websites)
    await addCustomers(sql, past)
    if (past.sessions === 'all') {
      await sql.unsafe(insertDimensions)
      await addSessions(sql, past.size.sessions)
    }
    await sql.unsafe(finish)
    await sql.unsafe('vacuum analyze')
    await sql.unsafe('checkpoint')
  } finally {
    await sql.end()
  }
}

async function makePartitions(
  databaseUrl: string,
  { startedAt, endedAt }: { startedAt: number; endedAt: number },
) {
  const db = createPostgresDb({ url: databaseUrl })
  const weeks = Array.from({ length: Math.ceil(pastMs / weekMs) + 1 }, (_, i) => startedAt + i * weekMs)
  await createPartitions({ db, now: () => endedAt }).ensure([...weeks.filter((at) => at < endedAt), endedAt])
  await db.close()
}

const weekMs = 7 * 86_400_000

async function addWebsites(sql: postgres.Sql, websites: VisitedWebsite[]): Promise<void> {
  const { hashToken } = createSecrets(pepper)
  const parts = websites.map(({ token }) => readToken(token) ?? { websiteKey: '', prefix: '' })
  await sql.unsafe(insertWebsites, [
    websites.map(({ id }) => id),
    parts.map(({ websiteKey }) => websiteKey),
    parts.map(({ prefix }) => prefix),
    websites.map(({ token }) => hashToken(token)),
  ])
}

/** Rank by rank, as if they had come to the websites in turn: their ids are those of their first sessions. */
async function addCustomers(
  sql: postgres.Sql,
  { size, customers: { websiteIds, ranks } }: Past,
): Promise<void> {
  const { hashIdentity } = createSecrets(pepper)
  const ranksAtOnce = Math.max(1, Math.floor(customersAtOnce / websiteIds.length))
  for (let from = ranks.from; from < ranks.until; from += ranksAtOnce) {
    const some = Array.from({ length: Math.min(ranksAtOnce, ranks.until - from) }, (_, i) => from + i)
    const customers = some.flatMap((rank) => websiteIds.map((websiteId) => ({ websiteId, rank })))
    await sql.unsafe(insertCustomers, [
      customers.map(({ websiteId, rank }) => rank * size.websites + websiteId),
      customers.map(({ websiteId }) => websiteId),
      customers.map(({ websiteId, rank }) =>
        hashIdentity(String(websiteId), 'cookie', returningVisitor(websiteId, rank)),
      ),
    ])
  }
}

/** Sessions and events side by side, in the order of time. */
async function addSessions(sql: postgres.Sql, count: number): Promise<void> {
  for (let first = 1; first <= count; first += sessionsAtOnce) {
    const numbers = [first, Math.min(first + sessionsAtOnce - 1, count)]
    await Promise.all([sql.unsafe(insertSessions, numbers), sql.unsafe(insertEvents, numbers)])
  }
}

const toInstant = (epochMs: number) => new Date(epochMs).toISOString()
