/** Ids of the dimension tables (utm values, referrer domains, landing pages), from a bounded cache. */
import { referrerCategory } from '@headwater/attribution/referrer'
import upsertLandingPages from '../../sql/upsert_landing_pages.sql?raw'
import upsertReferrerDomains from '../../sql/upsert_referrer_domains.sql?raw'
import upsertUtmCampaigns from '../../sql/upsert_utm_campaigns.sql?raw'
import upsertUtmContents from '../../sql/upsert_utm_contents.sql?raw'
import upsertUtmMediums from '../../sql/upsert_utm_mediums.sql?raw'
import upsertUtmSources from '../../sql/upsert_utm_sources.sql?raw'
import upsertUtmTerms from '../../sql/upsert_utm_terms.sql?raw'
import { columns } from '../db/array-literal.ts'
import type { Db, Param } from '../db/db.ts'
import type { Origin } from './event.ts'

/** The seven references of a session, an event or a touch; null: none. */
export interface OriginIds {
  source: string | null
  medium: string | null
  campaign: string | null
  term: string | null
  content: string | null
  referrerDomain: string | null
  landingPage: string | null
}

export type DimensionName = keyof OriginIds

/** A row of a dimension table. */
interface DimensionRow {
  /** The name of the dimension, the website and the unique columns: unique over all tables. */
  key: string
  websiteId: string
  unique: string[]
  /** The descriptive columns. */
  more: Param[]
}

interface Dimension {
  name: DimensionName
  upsert: string
  /** The names of the unique columns in the answer of `upsert`. */
  keys: string[]
  valueOf(origin: Origin): { unique: string[]; more: Param[] } | undefined
}

const utm = (name: 'source' | 'medium' | 'campaign' | 'term' | 'content', upsert: string): Dimension => ({
  name,
  upsert,
  keys: ['value'],
  valueOf: ({ source }) => (source.utm[name] ? { unique: [source.utm[name]], more: [] } : undefined),
})

const dimensions: Dimension[] = [
  utm('source', upsertUtmSources),
  utm('medium', upsertUtmMediums),
  utm('campaign', upsertUtmCampaigns),
  utm('term', upsertUtmTerms),
  utm('content', upsertUtmContents),
  {
    name: 'referrerDomain',
    upsert: upsertReferrerDomains,
    keys: ['domain'],
    valueOf: ({ source: { referrerDomain } }) =>
      referrerDomain ? { unique: [referrerDomain], more: [referrerCategory(referrerDomain)] } : undefined,
  },
  {
    name: 'landingPage',
    upsert: upsertLandingPages,
    keys: ['path', 'query_hash'],
    valueOf: ({ page }) => (page ? { unique: [page.path, page.queryHash], more: [page.url] } : undefined),
  },
]

/** Ids kept in memory, over all dimensions and websites; about 150 bytes each. A guess at what a busy site needs. */
const cacheSize = 100_000
/** New values of one dimension that a website may add a day, by this process; what comes beyond is `(other)`. */
const newValuesPerDay = 10_000

export interface WebsiteOrigin {
  websiteId: string
  origin: Origin
}

/** Looks up ids and makes rows that are missing, outside the transaction of the events: a row too many does no harm. */
export function createDimensions({ db, now }: { db: Db; now: () => number }) {
  const cache = new Map<string, string>()
  const isOverBudget = createBudget(now)

  /** The row for an origin, `(other)` once the website has used up its day; undefined: the origin has none. */
  function rowFor(
    dimension: Dimension,
    { websiteId, origin }: WebsiteOrigin,
    missing: Map<string, DimensionRow>,
  ) {
    const value = dimension.valueOf(origin)
    if (!value) return undefined
    const row = toRow(dimension, websiteId, value)
    if (cache.has(row.key) || missing.has(row.key) || !isOverBudget(dimension.name, websiteId)) return row
    return toRow(dimension, websiteId, {
      unique: value.unique.map(() => '(other)'),
      more: value.more.map(() => null),
    })
  }

  async function resolveOne(dimension: Dimension, origins: WebsiteOrigin[]): Promise<(string | null)[]> {
    const missing = new Map<string, DimensionRow>()
    const rows = origins.map((origin) => {
      const row = rowFor(dimension, origin, missing)
      if (row && !cache.has(row.key)) missing.set(row.key, row)
      return row
    })
    for (const [key, id] of await makeKnown(dimension, [...missing.values()])) cache.set(key, id)
    return rows.map((row) => (row && cache.get(row.key)) ?? null)
  }

  async function makeKnown(dimension: Dimension, rows: DimensionRow[]): Promise<Map<string, string>> {
    const ids = new Map<string, string>()
    // A row that another process adds between the two halves of the statement is in neither; the second look finds it.
    for (let look = 0; look < 2 && ids.size < rows.length; look++) {
      const found = await db.query<Record<string, string>>(dimension.upsert, rowColumns(rows))
      for (const { website_id = '', id = '', ...unique } of found) {
        ids.set(
          keyOf(
            dimension,
            website_id,
            dimension.keys.map((name) => unique[name] ?? ''),
          ),
          id,
        )
      }
    }
    return ids
  }

  return {
    /** The ids of each origin, by object. */
    async resolve(origins: WebsiteOrigin[]): Promise<Map<Origin, OriginIds>> {
      if (cache.size > cacheSize) cache.clear()
      const resolved = new Map(origins.map(({ origin }) => [origin, {} as OriginIds])) // filled below, a dimension at a time
      for (const dimension of dimensions) {
        const ids = await resolveOne(dimension, origins)
        for (const [i, { origin }] of origins.entries()) {
          Object.assign(resolved.get(origin) as OriginIds, { [dimension.name]: ids[i] }) // set three lines above
        }
      }
      return resolved
    },
  }
}

export type Dimensions = ReturnType<typeof createDimensions>

function keyOf(dimension: Dimension, websiteId: string, unique: string[]): string {
  return [dimension.name, websiteId, ...unique].join('\0')
}

function toRow(
  dimension: Dimension,
  websiteId: string,
  value: { unique: string[]; more: Param[] },
): DimensionRow {
  return { key: keyOf(dimension, websiteId, value.unique), websiteId, ...value }
}

/** Sorted, so that concurrent groups insert in one order. */
function rowColumns(rows: DimensionRow[]): string[] {
  const sorted = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1))
  const columnsOf = (field: 'unique' | 'more') =>
    (sorted[0]?.[field] ?? []).map((_, i) => (row: DimensionRow) => row[field][i] ?? null)
  return columns(sorted, ({ websiteId }) => websiteId, ...columnsOf('unique'), ...columnsOf('more'))
}

function createBudget(now: () => number) {
  const counts = new Map<string, number>()
  let day = ''
  return (dimension: DimensionName, websiteId: string): boolean => {
    const today = new Date(now()).toISOString().slice(0, 10)
    if (today !== day) counts.clear()
    day = today
    const key = `${dimension} ${websiteId}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count > newValuesPerDay
  }
}
