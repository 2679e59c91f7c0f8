/** Shows the latest stored events that a rule would match, and the conversion that it would make of each. */
import type { MatchedEvent, Matcher } from '@headwater/attribution/matcher/matcher'
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { OperationError, readInput } from '../operation-error.ts'
import { loadWebsiteSettings } from '../websites/load-settings.ts'
import { ruledConversion } from './conversion-of.ts'
import { type RuleRow, readRules } from './read-rules.ts'
import { ruleTest } from './rule-input.ts'
import { findRule } from './rules.ts'
import { runMatching } from './run-matching.ts'
import selectLatestMatches from './sql/select_latest_matches.sql?raw'
import selectWindowStart from './sql/select_window_start.sql?raw'

export interface RuleTestResult {
  /** The latest first, 20 at most. */
  matches: RuleMatch[]
  /** How many events were compared, from the latest back to this time; null: there are none. */
  events_looked_at: number
  looked_back_to: string | null
  /** Whether all events were compared, or enough were found; otherwise the time was up. */
  is_complete: boolean
  /** The website's, in which its days begin. */
  time_zone: string
}

export interface RuleMatch {
  event_id: string
  occurred_at: string
  customer_id: string
  type: string
  name: string
  url: string | null
  /** What the rule alone would make of it; null: the event says that it is no conversion. */
  conversion: {
    name: string
    value_cents: number | null
    currency: string | null
    conversion_id: string | null
  } | null
  /**
   * What it is: a conversion by the `same_rule`, by an `other_rule` or because the `event` said so; `declined`: none, because the event
   * said so; `none`: no conversion yet. What an event says wins over rules.
   */
  now: 'same_rule' | 'other_rule' | 'event' | 'declined' | 'none'
}

interface Budget {
  /** When to stop looking, in ms; a statement may take 2 s more. */
  limitMs: number
  /** Events that are compared at once. */
  events: number
  /** A clock in ms. */
  now(): number
}

const matchCount = 20
/** 5,000 events take 0.01 s with one condition, and 1 s with 200. */
const budget: Budget = { limitMs: 2_000, events: 5_000, now: () => performance.now() }

/** Of a stored rule, or of a matcher that is given. Looks at the latest events first, and stops after about 2 s. */
export async function testRule(
  db: Queries,
  input: unknown,
  { limitMs, events, now }: Budget = budget,
): Promise<RuleTestResult> {
  const tested = await readTested(db, input)
  const startedAt = now()
  const result: RuleTestResult = {
    matches: [],
    events_looked_at: 0,
    looked_back_to: null,
    is_complete: true,
    time_zone: (await loadWebsiteSettings(db, tested.website)).timeZone,
  }
  let before: Position = { at: 'infinity', id: '0' }
  do {
    const window = await findWindow(db, tested.website, before, events)
    if (!window) return result
    const limit = matchCount - result.matches.length
    const rows = await findMatches(db, tested, { from: window, before, limit })
    result.matches.push(...rows.map((row) => toMatch(row, tested)))
    result.events_looked_at += window.events
    result.looked_back_to = new Date(window.at).toISOString()
    if (result.matches.length === matchCount || window.events < events) return result
    before = window
  } while (now() - startedAt < limitMs)
  return { ...result, is_complete: false }
}

interface Tested {
  website: string
  rule: RuleRow
}

async function readTested(db: Queries, input: unknown): Promise<Tested> {
  const { website, rule, ...given } = readInput(ruleTest, input)
  if (rule !== undefined) return { website, rule: { ...(await findRule(db, website, rule)) } }
  if (given.matcher === undefined) throw new OperationError('Name a rule, or pass the matcher to test.')
  return {
    website,
    rule: {
      id: '0', // of no stored rule
      name: given.name ?? 'conversion',
      matcher: given.matcher,
      value: given.value ?? null,
      counting: 'every',
      lookback_days: null,
      default_model: null,
      models: null,
    },
  }
}

interface Position {
  at: string
  id: string
}

interface Window extends Position {
  events: number
}

async function findWindow(
  db: Queries,
  website: string,
  before: Position,
  limit: number,
): Promise<Window | undefined> {
  const params = { website_id: website, before_at: before.at, before_id: before.id, limit }
  const [window] = await run<Window, keyof typeof params>(db, windowStart, params)
  return window
}

interface MatchRow extends MatchedEvent {
  id: string
  occurred_at: Date
  customer_id: string
  conversion_id: string | null
  /** What it said itself; null: nothing. */
  conversion_flag: boolean | null
  stored_name: string | null
  stored_rule_id: string | null
}

function findMatches(
  db: Queries,
  { website, rule }: Tested,
  { from, before, limit }: { from: Position; before: Position; limit: number },
): Promise<MatchRow[]> {
  const params = {
    website_id: website,
    from_at: from.at,
    from_id: from.id,
    before_at: before.at,
    before_id: before.id,
    limit,
  }
  const matcher = rule.matcher as Matcher // checked when it was stored or given
  return runMatching<MatchRow, keyof typeof params>(db, latestMatches, params, matcher)
}

function toMatch(row: MatchRow, { rule }: Tested): RuleMatch {
  const declined = row.conversion_flag === false
  const made = ruledConversion(readRules([rule]), row, row.conversion_id)
  return {
    event_id: row.id,
    occurred_at: row.occurred_at.toISOString(),
    customer_id: row.customer_id,
    type: row.type,
    name: row.name,
    url: row.url ?? null,
    conversion: declined
      ? null
      : {
          name: rule.name,
          value_cents: made?.valueCents ?? null,
          currency: made?.currency ?? null,
          conversion_id: made?.conversionId ?? null,
        },
    now: stateOf(row, rule.id),
  }
}

function stateOf(
  { conversion_flag, stored_name, stored_rule_id }: MatchRow,
  ruleId: string,
): RuleMatch['now'] {
  if (conversion_flag === false) return 'declined'
  if (conversion_flag === true) return 'event' // also a copy of an order, which has no conversion of its own
  if (stored_name === null) return 'none'
  return stored_rule_id === ruleId ? 'same_rule' : 'other_rule'
}

const windowStart = statement(selectWindowStart, 'website_id', 'before_at', 'before_id', 'limit')
const latestMatches = statement(
  selectLatestMatches,
  'website_id',
  'from_at',
  'from_id',
  'before_at',
  'before_id',
  'limit',
)
