/**
 * Applies the rules of a website to its history, in steps: afterwards its conversions are those that it would have if its active
 * rules had always been there. First come the conversions that rules have made, then all events. A preview only counts.
 */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { DoStep, Step } from '@headwater/jobs/background-jobs'
import { fullQueueMs, hasRoomInQueue } from '../credit/recompute/queue-room.ts'
import { settleMs } from '../websites/find-token.ts'
import { type Change, type ChangeCounts, changeConversions, noChanges } from './change-conversions.ts'
import { changeOfConversion, changeOfEvent, type RuledRow, type UnconvertedRow } from './change-of.ts'
import { previewChanges } from './preview-changes.ts'
import { loadRulesInForce, type RulesInForce } from './rules-in-force.ts'
import { runMatching } from './run-matching.ts'
import selectConversionWindow from './sql/select_conversion_window.sql?raw'
import selectEventRange from './sql/select_event_range.sql?raw'
import selectMatchingEvents from './sql/select_matching_events.sql?raw'
import selectRuledConversions from './sql/select_ruled_conversions.sql?raw'
import selectWindowEnd from './sql/select_window_end.sql?raw'

/** The kinds of the jobs; both end with `ChangeCounts` as their result. */
export const applyRulesKind = 'apply_rule'
export const previewRulesKind = 'preview_rule'

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
  const options = { ...defaults, ...given }
  return async (tx, { websiteId, position: stored }) => {
    const rules = await loadRulesInForce(tx, websiteId)
    const begun = positionOf(stored as Position | null, rules.version) // null, or written below
    const waitMs = options.settleMs - rules.ageMs
    if (waitMs > 0) return { ...begun, afterMs: waitMs }
    if (!(await hasRoomInQueue(tx))) return { ...begun, afterMs: fullQueueMs }
    const makeChanges: MakeChanges = async (changes, position) => {
      const counts = await changeConversions(tx, changes, rules.website)
      return { ...position, counts: addCounts(position.counts, counts) }
    }
    return doStep({ tx, websiteId, rules, makeChanges, ...options }, begun)
  }
}

/** Returns the step of a job that counts what applying the rules would change, and changes nothing. */
export function createPreviewRules(given: ApplyOptions = {}): DoStep {
  const options = { ...defaults, ...given }
  return async (tx, { websiteId, position: stored }) => {
    const rules = await loadRulesInForce(tx, websiteId)
    const known = stored as Position | null // null, or written below
    const isOutdated = known !== null && known.version !== rules.version // then it has counted by other rules
    const begun = positionOf(isOutdated ? { ...known, counts: noChanges } : known, rules.version)
    const makeChanges: MakeChanges = async (changes, position) => {
      const page = { websiteId, rules: rules.compiled, changes, orders: position.orders ?? [] }
      const { counts, orders } = await previewChanges(tx, page)
      return { ...position, counts: addCounts(position.counts, counts), orders }
    }
    return doStep({ tx, websiteId, rules, makeChanges, ...options }, begun)
  }
}

const defaults: Required<ApplyOptions> = { settleMs, eventsPerStep: 5_000, conversionsPerStep: 500 }

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
  /** What was changed so far, also by rules that have changed since. */
  counts: ChangeCounts
  /** Of a preview: see `previewChanges`. */
  orders?: string[]
}

/** Where the next step begins; `done` takes back the events that a job which begins again will look at again. */
function positionOf(stored: Position | null, version: string): { position: Position; done: number } {
  if (stored?.version === version) return { position: stored, done: 0 }
  const position = { version, conversionId: '0', at: '-infinity', id: '0', seen: 0 }
  return { position: { ...position, counts: stored?.counts ?? noChanges }, done: -(stored?.seen ?? 0) }
}

function addCounts(a: ChangeCounts, b: ChangeCounts): ChangeCounts {
  return {
    made: a.made + b.made,
    changed: a.changed + b.changed,
    removed: a.removed + b.removed,
    credited_again: a.credited_again + b.credited_again,
  }
}

/** Conditions that a step evaluates in SQL, each up to 2 µs: at most half a second. */
const conditionsPerStep = 250_000

/** Returns the position with what was, or would be, changed. */
type MakeChanges = (changes: readonly Change[], position: Position) => Promise<Position>

interface StepDeps extends Required<ApplyOptions> {
  tx: Queries
  websiteId: string
  rules: RulesInForce
  makeChanges: MakeChanges
}

interface ApplyStep extends StepDeps {
  position: Position
}

async function doStep(
  deps: StepDeps,
  { position, done }: { position: Position; done: number },
): Promise<Step> {
  const step = { ...deps, position }
  const next = await (position.conversionId === null ? convertEvents(step) : checkConversions(step))
  return { ...next, done: next.done + done }
}

/** The next conversions that rules have made: whether they still do, and the same. */
async function checkConversions(step: ApplyStep): Promise<Step> {
  const { tx, websiteId, rules, position, conversionsPerStep } = step
  const after_id = position.conversionId ?? '0'
  const window = { website_id: websiteId, after_id, conversions: conversionsPerStep }
  const [last] = await run<{ id: string }, keyof typeof window>(tx, conversionWindow, window)
  const params = { website_id: websiteId, after_id, to_id: last?.id ?? lastId, margin_ms: step.settleMs }
  const rows = await run<RuledRow, keyof typeof params>(tx, ruledSelect, params)
  const changes = rows.flatMap((row) => changeOfConversion(row, websiteId, rules.compiled) ?? [])
  const next = await step.makeChanges(changes, position)
  return { position: { ...next, conversionId: last?.id ?? null }, done: 0 }
}

/** The next events: those that are no conversion and become one. */
async function convertEvents(step: ApplyStep): Promise<Step> {
  const { websiteId, rules, position, eventsPerStep, conversionsPerStep } = step
  const limit = Math.max(
    1,
    Math.min(eventsPerStep, Math.floor(conditionsPerStep / Math.max(rules.conditions, 1))),
  )
  const window = await findWindow(step, { to: { at: 'infinity', id: lastId }, limit })
  if (!window) return { done: 0, total: position.seen, result: position.counts }
  const found = await findMatches(step, window)
  const changes = found.flatMap((row) => changeOfEvent(row, websiteId, rules.compiled) ?? [])
  const next = await step.makeChanges(changes, position)
  const last = found.length === conversionsPerStep ? found.at(-1) : undefined
  const looked = last ? await findWindow(step, { to: last, limit: eventsPerStep }) : window
  return advance({ ...step, position: next }, looked ?? window)
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
  return runMatching<UnconvertedRow, keyof typeof params>(tx, matchingSelect, params, { any: rules.matchers })
}

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
