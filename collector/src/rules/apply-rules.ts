/**
 * Applies the rules of a website to its history, in steps: afterwards its conversions are those that it would have if its active
 * rules had always been there. First come the conversions that rules have made, then all events.
 */
import type { MatchedEvent } from '@headwater/attribution/matcher/matcher'
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { DoStep, Step } from '@headwater/jobs/background-jobs'
import type { ConversionRule } from '@headwater/server/conversion-rule'
import { fullQueueMs, hasRoomInQueue } from '../credit/recompute/queue-room.ts'
import { cacheMs } from '../websites/find-token.ts'
import { type Change, changeConversions } from './change-conversions.ts'
import { type EventConversion, ruledConversion } from './conversion-of.ts'
import { loadRulesInForce, type RulesInForce } from './rules-in-force.ts'
import { runMatching } from './run-matching.ts'
import selectConversionWindow from './sql/select_conversion_window.sql?raw'
import selectEventRange from './sql/select_event_range.sql?raw'
import selectMatchingEvents from './sql/select_matching_events.sql?raw'
import selectRuledConversions from './sql/select_ruled_conversions.sql?raw'
import selectWindowEnd from './sql/select_window_end.sql?raw'

/** The kind of the job. */
export const applyRulesKind = 'apply_rule'

/**
 * How long after a change of rules no collector stores an event by the former ones: tokens are cached with their rules, a batch
 * waits 3 s at most for its turn, and its transaction is tried three times.
 */
export const settleMs = cacheMs + 10_000

export interface ApplyOptions {
  /** Default `settleMs`. */
  settleMs?: number
  /** Events that a step looks at. Default 5,000, which take 0.1 s with 20 rules. */
  eventsPerStep?: number
  /** Conversions, or events that become one, that a step reads with up to 32 kB of properties each. Default 500. */
  conversionsPerStep?: number
}

/** Returns the step of the job. It waits until no collector uses rules from before the latest change. */
export function createApplyRules(given: ApplyOptions = {}): DoStep {
  const options = { settleMs, eventsPerStep: 5_000, conversionsPerStep: 500, ...given }
  return async (tx, { websiteId, position: stored }) => {
    const rules = await loadRulesInForce(tx, websiteId)
    const waitMs = options.settleMs - rules.ageMs
    const position = positionOf(stored as Position | null, rules.version) // null, or written below
    if (waitMs > 0) return { position, done: 0, afterMs: waitMs }
    if (!(await hasRoomInQueue(tx))) return { position, done: 0, afterMs: fullQueueMs }
    const step = { tx, websiteId, rules, position, ...options }
    return position.conversionId === null ? convertEvents(step) : checkConversions(step)
  }
}

interface Position {
  /** Of the rules that are applied: when they change, the job begins again. */
  version: string
  /** Conversions up to this id are checked; null: all are. */
  conversionId: string | null
  /** Events up to this one are converted. */
  at: string
  id: string
  /** How many events those are. */
  seen: number
}

function positionOf(stored: Position | null, version: string): Position {
  if (stored?.version === version) return stored
  return { version, conversionId: '0', at: '-infinity', id: '0', seen: 0 }
}

/** Conditions that a step evaluates in SQL, each up to 2 µs: at most half a second. */
const conditionsPerStep = 250_000

interface ApplyStep extends Required<ApplyOptions> {
  tx: Queries
  websiteId: string
  rules: RulesInForce
  position: Position
}

/** The next conversions that rules have made: whether they still do, and the same. */
async function checkConversions(step: ApplyStep): Promise<Step> {
  const { tx, websiteId, rules, position, conversionsPerStep } = step
  const after_id = position.conversionId ?? '0'
  const window = { website_id: websiteId, after_id, conversions: conversionsPerStep }
  const [last] = await run<{ id: string }, keyof typeof window>(tx, conversionWindow, window)
  const params = { website_id: websiteId, after_id, to_id: last?.id ?? lastId, margin_ms: step.settleMs }
  const rows = await run<RuledRow, keyof typeof params>(tx, ruledSelect, params)
  const changes = rows.flatMap((row) => changeOf(row, websiteId, rules.compiled) ?? [])
  await changeConversions(tx, changes, rules.website)
  return { position: { ...position, conversionId: last?.id ?? null }, done: 0 }
}

/** The next events: those that are no conversion and become one. */
async function convertEvents(step: ApplyStep): Promise<Step> {
  const { tx, websiteId, rules, position, eventsPerStep, conversionsPerStep } = step
  const limit = Math.max(
    1,
    Math.min(eventsPerStep, Math.floor(conditionsPerStep / Math.max(rules.conditions, 1))),
  )
  const window = await findWindow(step, { to: { at: 'infinity', id: lastId }, limit })
  if (!window) return { done: 0, total: position.seen }
  const found = await findMatches(step, window)
  const conversions = found.map((row): Change => {
    const conversion = ruledConversion(rules.compiled, row, row.conversion_id)
    return { ...keyOf(row, websiteId), kind: 'insert', conversion }
  })
  await changeConversions(
    tx,
    conversions.filter(({ conversion }) => conversion),
    rules.website,
  )
  const last = found.length === conversionsPerStep ? found.at(-1) : undefined
  const looked = last ? await findWindow(step, { to: last, limit: eventsPerStep }) : window
  return advance(step, looked ?? window)
}

async function advance({ tx, websiteId, position }: ApplyStep, { at, id, events }: Window): Promise<Step> {
  const params = { website_id: websiteId }
  const [range] = await run<EventRange, 'website_id'>(tx, eventRange, params)
  const seen = position.seen + events
  return { position: { ...position, at, id, seen }, done: events, total: estimateTotal(seen, at, range) }
}

/** As if events were spread evenly over time, because counting them would take longer than a step may. */
function estimateTotal(seen: number, at: string, range: EventRange | undefined): number {
  const { first = null, latest = null } = range ?? {}
  if (first === null || latest === null || latest <= first) return seen
  const share = (Date.parse(at) - first) / (latest - first)
  return share > 0 ? Math.max(seen, Math.round(seen / share)) : seen
}

interface EventPosition {
  at: string
  id: string
}

/** The last of some consecutive events, and how many they are. */
interface Window extends EventPosition {
  events: number
}

interface EventRange {
  first: number | null
  latest: number | null
}

async function findWindow(
  { tx, websiteId, position }: ApplyStep,
  { to, limit }: { to: EventPosition; limit: number },
): Promise<Window | undefined> {
  const after = { website_id: websiteId, after_at: position.at, after_id: position.id }
  const params = { ...after, to_at: to.at, to_id: to.id, limit }
  const [window] = await run<Window, keyof typeof params>(tx, windowEnd, params)
  return window
}

function findMatches({ tx, websiteId, rules, position, conversionsPerStep }: ApplyStep, to: EventPosition) {
  const after = { website_id: websiteId, after_at: position.at, after_id: position.id }
  const params = { ...after, to_at: to.at, to_id: to.id, limit: conversionsPerStep }
  return runMatching<EventRow, keyof typeof params>(tx, matchingSelect, params, { any: rules.matchers })
}

/** An event as stored, and where it is. */
interface EventRow extends MatchedEvent, EventPosition {
  customer_id: string
  conversion_id: string | null
}

/** A conversion of a rule, with its event; the fields of that are null if it is gone. */
interface RuledRow extends EventRow {
  has_event: boolean
  rule_id: string
  stored_name: string
  stored_conversion_id: string | null
  stored_value_cents: number | null
  stored_currency: string | null
  is_older_than_rule: boolean
}

/** Null: it stays as it is. So does a conversion whose event is past its retention: whether it still matches is unknown. */
function changeOf(row: RuledRow, websiteId: string, rules: readonly ConversionRule[]): Change | null {
  if (!row.has_event) return null
  const conversion = ruledConversion(rules, row, row.conversion_id)
  const kind = kindOfChange(row, conversion)
  return kind && { ...keyOf(row, websiteId), kind, conversion }
}

function kindOfChange(row: RuledRow, to: EventConversion | null): Change['kind'] | null {
  if (!to) return 'delete'
  const isSame =
    row.rule_id === to.rule?.id &&
    row.stored_value_cents === to.valueCents &&
    row.stored_currency === to.currency
  if (nameOf(row.stored_name, row.stored_conversion_id) !== nameOf(to.name, to.conversionId)) return 'rename'
  if (to.conversionId !== null && isNegative(row.stored_value_cents) !== isNegative(to.valueCents))
    return 'rename'
  if (!isSame) return 'update'
  return row.is_older_than_rule ? 'credit' : null
}

const nameOf = (name: string, conversionId: string | null) => JSON.stringify([name, conversionId])
const isNegative = (cents: number | null) => (cents ?? 0) < 0

const keyOf = ({ id: eventId, at: occurredAt, customer_id: customerId }: EventRow, websiteId: string) => ({
  websiteId,
  customerId,
  eventId,
  occurredAt,
})

/** Above every id. */
const lastId = '9223372036854775807'

const windowEnd = statement(selectWindowEnd, 'website_id', 'after_at', 'after_id', 'to_at', 'to_id', 'limit')
const matchingSelect = statement(
  selectMatchingEvents,
  'website_id',
  'after_at',
  'after_id',
  'to_at',
  'to_id',
  'limit',
)
const conversionWindow = statement(selectConversionWindow, 'website_id', 'after_id', 'conversions')
const ruledSelect = statement(selectRuledConversions, 'website_id', 'after_id', 'to_id', 'margin_ms')
const eventRange = statement(selectEventRange, 'website_id')
