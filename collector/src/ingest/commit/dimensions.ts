/** Ids of the dimension tables (utm values, referrer domains, landing pages), from a bounded cache. */
import { referrerCategory } from '@headwater/attribution/referrer'
import { type Columns, toParams } from '@headwater/db/columns'
import type { Db, Param } from '@headwater/db/db'
import type { Origin } from '../event.ts'
import upsertLandingPages from './sql/upsert_landing_pages.sql?raw'
import upsertReferrerDomains from './sql/upsert_referrer_domains.sql?raw'
import upsertUtmValues from './sql/upsert_utm_values.sql?raw'

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

/** The columns of a dimension's row: what makes it unique, then what describes it. */
type DimensionRow = Record<string, string | null>

interface Dimension {
  name: keyof OriginIds
  upsert: string
  unique: string[]
  descriptive: string[]
  rowOf(origin: Origin): DimensionRow | undefined
}

const utm = (name: 'source' | 'medium' | 'campaign' | 'term' | 'content'): Dimension => ({
  name,
  upsert: upsertUtmValues.replaceAll('utm_sources', `utm_${name}s`),
  unique: ['value'],
  descriptive: [],
  rowOf: ({ source }) => (source.utm[name] ? { value: source.utm[name] } : undefined),
})

const dimensions: Dimension[] = [
  utm('source'),
  utm('medium'),
  utm('campaign'),
  utm('term'),
  utm('content'),
  {
    name: 'referrerDomain',
    upsert: upsertReferrerDomains,
    unique: ['domain'],
    descriptive: ['category'],
    rowOf: ({ source: { referrerDomain: domain } }) =>
      domain ? { domain, category: referrerCategory(domain) } : undefined,
  },
  {
    name: 'landingPage',
    upsert: upsertLandingPages,
    unique: ['path', 'query_hash'],
    descriptive: ['full_url_sample'],
    rowOf: ({ page }) =>
      page ? { path: page.path, query_hash: page.queryHash, full_url_sample: page.url } : undefined,
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

export type Dimensions = ReturnType<typeof createDimensions>

/** Looks up ids and makes rows that are missing, outside the transaction of the events: a row too many does no harm. */
export function createDimensions({ db, now }: { db: Db; now: () => number }) {
  const cache = new Map<string, string>()
  const budgets = createBudgets(now)

  /** The ids of rows of one website, by their key; rows beyond the budget get the id of `(other)`. */
  async function load(
    dimension: Dimension,
    websiteId: string,
    rows: DimensionRow[],
  ): Promise<Map<string, string>> {
    const budget = budgets.of(`${dimension.name} ${websiteId}`)
    const look = async (wanted: DimensionRow[], allowed: number) => {
      const found = await db.query<DimensionRow & { is_new: boolean }>(
        dimension.upsert,
        paramsOf(dimension, { websiteId, rows: wanted, allowed }),
      )
      budget.spend(found.filter(({ is_new }) => is_new).length)
      return new Map(found.map((row) => [keyOf(dimension, websiteId, row), row.id as string])) // every statement selects it
    }
    const ids = await look(rows, budget.left())
    const isMissing = (row: DimensionRow) => !ids.has(keyOf(dimension, websiteId, row))
    // What another process adds meanwhile is in neither half of the statement; a second look finds it.
    if (rows.some(isMissing)) for (const [key, id] of await look(rows.filter(isMissing), 0)) ids.set(key, id)
    for (const [key, id] of ids) cache.set(key, id)

    const beyond = rows.filter(isMissing)
    if (beyond.length === 0) return ids
    const other = otherRow(dimension)
    const [otherId] = [...(await look([other], 1)).values(), ...(await look([other], 0)).values()]
    if (otherId === undefined) throw new Error(`No id was found for ${dimension.name} (other).`)
    for (const row of beyond) ids.set(keyOf(dimension, websiteId, row), otherId)
    return ids
  }

  async function resolveOne(dimension: Dimension, origins: WebsiteOrigin[]): Promise<(string | null)[]> {
    const ids = new Map<string, string>() // of its own: another resolve may empty the cache meanwhile
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
    return keys.map((key) => (key === undefined ? null : (ids.get(key) as string))) // load has one for every key
  }

  return {
    /** Forgets all ids: one of them was deleted. */
    forget: () => cache.clear(),
    /** The ids of each origin, by object. */
    async resolve(origins: WebsiteOrigin[]): Promise<Map<Origin, OriginIds>> {
      if (cache.size > cacheSize) cache.clear()
      const resolved = new Map(origins.map(({ origin }) => [origin, {} as OriginIds])) // filled below, a dimension at a time
      for (const dimension of dimensions) {
        const ids = await resolveOne(dimension, origins)
        for (const [i, { origin }] of origins.entries()) {
          Object.assign(resolved.get(origin) as OriginIds, { [dimension.name]: ids[i] }) // each origin has one
        }
      }
      return resolved
    },
  }
}

function keyOf({ name, unique }: Dimension, websiteId: string, row: DimensionRow): string {
  return [name, websiteId, ...unique.map((column) => row[column])].join('\0')
}

function otherRow({ unique, descriptive }: Dimension): DimensionRow {
  const all = (columns: string[], value: string | null) => columns.map((column) => [column, value])
  return Object.fromEntries([...all(unique, '(other)'), ...all(descriptive, null)])
}

interface Request {
  websiteId: string
  rows: DimensionRow[]
  /** How many new rows. */
  allowed: number
}

/** Rows are sorted, so that concurrent groups insert in one order. */
function paramsOf(dimension: Dimension, { websiteId, rows, allowed }: Request): Param[] {
  const names = [...dimension.unique, ...dimension.descriptive]
  const columns: Columns<DimensionRow> = Object.fromEntries(
    names.map((name) => [name, (row) => row[name] ?? null]),
  )
  const key = (row: DimensionRow) => keyOf(dimension, websiteId, row)
  const sorted = [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return [websiteId, ...toParams(sorted, columns), allowed]
}

/** What each website has left of the day's new values. */
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
