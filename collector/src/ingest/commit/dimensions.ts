/** Ids of the dimension tables (utm values, referrer domains, landing pages), from a bounded cache. */
import { referrerCategory } from '@headwater/attribution/referrer'
import type { Db } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { type RowStatement, rowStatement, runRows } from '@headwater/db/statement'
import type { Origin, OriginIds, OriginIdsOf } from '../event.ts'
import upsertLandingPages from './sql/upsert_landing_pages.sql?raw'
import upsertReferrerDomains from './sql/upsert_referrer_domains.sql?raw'
import upsertUtmCampaigns from './sql/upsert_utm_campaigns.sql?raw'
import upsertUtmContents from './sql/upsert_utm_contents.sql?raw'
import upsertUtmMediums from './sql/upsert_utm_mediums.sql?raw'
import upsertUtmSources from './sql/upsert_utm_sources.sql?raw'
import upsertUtmTerms from './sql/upsert_utm_terms.sql?raw'

/** The columns of a dimension's row: its unique key, then descriptive ones. */
type DimensionRow = Record<string, string | null>

interface Dimension {
  name: keyof OriginIds
  upsert: RowStatement<DimensionRow, 'website_id' | 'allowed'>
  unique: string[]
  /** The row that replaces values beyond the budget. */
  other: DimensionRow
  rowOf(origin: Origin): DimensionRow | undefined
}

const column = (name: string) => ({ [name]: (row: DimensionRow) => row[name] ?? null })

const utm = (name: 'source' | 'medium' | 'campaign' | 'term' | 'content', upsert: string): Dimension => ({
  name,
  upsert: rowStatement(upsert, column('value'), 'website_id', 'allowed'),
  unique: ['value'],
  other: { value: '(other)' },
  rowOf: ({ source }) => (source.utm[name] ? { value: source.utm[name] } : undefined),
})

const dimensions: Dimension[] = [
  utm('source', upsertUtmSources),
  utm('medium', upsertUtmMediums),
  utm('campaign', upsertUtmCampaigns),
  utm('term', upsertUtmTerms),
  utm('content', upsertUtmContents),
  {
    name: 'referrerDomain',
    upsert: rowStatement(
      upsertReferrerDomains,
      { ...column('domain'), ...column('category') },
      'website_id',
      'allowed',
    ),
    unique: ['domain'],
    other: { domain: '(other)', category: null },
    rowOf: ({ source: { referrerDomain: domain } }) =>
      domain ? { domain, category: referrerCategory(domain) } : undefined,
  },
  {
    name: 'landingPage',
    upsert: rowStatement(
      upsertLandingPages,
      { ...column('path'), ...column('query_hash'), ...column('full_url_sample') },
      'website_id',
      'allowed',
    ),
    unique: ['path', 'query_hash'],
    other: { path: '(other)', query_hash: '(other)', full_url_sample: null },
    rowOf: ({ page }) =>
      page ? { path: page.path, query_hash: page.queryHash, full_url_sample: page.url } : undefined,
  },
]

/** Cached ids of all dimensions and websites, about 150 bytes each. A guess at what a busy site needs. */
const cacheSize = 100_000
/** New values of one dimension per website and day, in this process; further ones become `(other)`. */
const newValuesPerDay = 10_000

export interface WebsiteOrigin {
  websiteId: string
  origin: Origin
}

export interface Dimensions {
  /** Resolves to the ids of these origins. */
  resolve(origins: Iterable<WebsiteOrigin>): Promise<OriginIdsOf>
}

/** Looks up ids and inserts missing rows, outside the transaction of the events: an unused row does no harm. */
export function createDimensions({ db, now }: { db: Db; now: () => number }): Dimensions {
  const cache = new Map<string, string>()
  const budgets = createBudgets(now)
  /** The events of a visitor share one origin object across requests. */
  const resolved = new WeakMap<Origin, OriginIds>()
  /** The ids of `(other)`: an origin with one may get its own value on another day. */
  const otherIds = new Set<string>()

  /** The ids of rows of one website, by key; rows beyond the budget get the id of `(other)`. */
  async function load(
    dimension: Dimension,
    websiteId: string,
    rows: DimensionRow[],
  ): Promise<Map<string, string>> {
    const budget = budgets.of(`${dimension.name} ${websiteId}`)
    const key = (row: DimensionRow) => keyOf(dimension, websiteId, row)
    const look = async (wanted: DimensionRow[], allowed: number) => {
      const params = { website_id: websiteId, allowed }
      const found = await runRows<DimensionRow & { is_new: boolean }, DimensionRow, keyof typeof params>(
        db,
        dimension.upsert,
        inLockOrder(wanted, key),
        params,
      )
      budget.spend(found.filter(({ is_new }) => is_new).length)
      return new Map(found.map((row) => [key(row), row.id as string])) // every statement selects it
    }
    const ids = await look(rows, budget.left())
    const isMissing = (row: DimensionRow) => !ids.has(key(row))
    // A row that another process adds meanwhile is in neither half of the statement; a second query finds it.
    if (rows.some(isMissing))
      for (const [name, id] of await look(rows.filter(isMissing), 0)) ids.set(name, id)
    for (const [name, id] of ids) cache.set(name, id)

    const beyond = rows.filter(isMissing)
    if (beyond.length === 0) return ids
    const { other } = dimension
    const [otherId] = [...(await look([other], 1)).values(), ...(await look([other], 0)).values()]
    if (otherId === undefined) throw new Error(`No id was found for ${dimension.name} (other).`)
    otherIds.add(`${dimension.name} ${otherId}`)
    for (const row of beyond) ids.set(key(row), otherId)
    return ids
  }

  /** The id of each origin in one dimension, in the same order; null: none. */
  async function resolveOne(dimension: Dimension, origins: WebsiteOrigin[]): Promise<(string | null)[]> {
    const ids = new Map<string, string>() // local: a concurrent resolve may clear the cache
    const missing = new Map<string, Map<string, DimensionRow>>()
    const keys = origins.map(({ websiteId, origin }) => {
      const row = dimension.rowOf(origin)
      if (!row) return undefined
      const key = keyOf(dimension, websiteId, row)
      const known = cache.get(key)
      if (known !== undefined) ids.set(key, known)
      else missing.set(websiteId, (missing.get(websiteId) ?? new Map()).set(key, row))
      return key
    })
    for (const [websiteId, rows] of missing) {
      for (const [key, id] of await load(dimension, websiteId, [...rows.values()])) ids.set(key, id)
    }
    return keys.map((key) => (key === undefined ? null : (ids.get(key) as string))) // load returns one for every key
  }

  return {
    async resolve(origins) {
      const unresolved = [...origins].filter(({ origin }) => !resolved.has(origin))
      const found = new Map(unresolved.map(({ origin }) => [origin, {} as OriginIds])) // filled below, one dimension at a time
      const originIdsOf: OriginIdsOf = (origin) => (resolved.get(origin) ?? found.get(origin)) as OriginIds // one of them has it
      if (unresolved.length === 0) return originIdsOf
      if (cache.size > cacheSize) cache.clear()
      for (const dimension of dimensions) {
        const ids = await resolveOne(dimension, unresolved)
        for (const [i, { origin }] of unresolved.entries())
          Object.assign(found.get(origin) as OriginIds, { [dimension.name]: ids[i] })
      }
      const isOther = ([name, id]: [string, string | null]) => otherIds.has(`${name} ${id}`)
      for (const [origin, ids] of found) if (!Object.entries(ids).some(isOther)) resolved.set(origin, ids)
      return originIdsOf
    },
  }
}

function keyOf({ name, unique }: Dimension, websiteId: string, row: DimensionRow): string {
  return [name, websiteId, ...unique.map((column) => row[column])].join('\0')
}

/** The new values that each website may still add today. */
function createBudgets(now: () => number) {
  const spent = new Map<string, number>()
  let day = ''
  return {
    of(name: string) {
      const today = new Date(now()).toISOString().slice(0, 10)
      if (today !== day) spent.clear()
      day = today
      return {
        left: () => Math.max(newValuesPerDay - (spent.get(name) ?? 0), 0),
        spend: (count: number) => spent.set(name, (spent.get(name) ?? 0) + count),
      }
    },
  }
}
