/** Puts the stored touches of a website into the channels that its rules say, as a background job. */
import type { Db, Queries, Transaction } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, run, runRows, statement } from '@headwater/db/statement'
import { addJobOnce, type Job, type Step } from '@headwater/jobs/background-jobs'
import { enqueueCredit } from '../credit/enqueue.ts'
import { fullQueueMs, hasRoomInQueue } from '../credit/recompute/queue-room.ts'
import { lockCustomers } from '../identity/lock-customers.ts'
import { settleMs } from '../websites/find-token.ts'
import { loadChannelSettings } from './channel-settings.ts'
import { type PlacedTouch, placeStoredTouch, type TouchSourceRow } from './moved-touch.ts'
import countTouches from './sql/count_touches.sql?raw'
import selectTouchSources from './sql/select_touch_sources.sql?raw'
import updateTouchChannels from './sql/update_touch_channels.sql?raw'

/** The kind of these jobs in `background_jobs`. */
export const applyChannelsKind = 'apply_channels'

/** Touches of a step: about 100 ms of work, during which their customers are locked. */
const touchesPerStep = 1_000
/** More touches than this are not counted beforehand. */
const countedTouches = 1_000_000

/** Adds the job, or returns the one that has not ended yet: it applies the rules as they are at its end. */
export async function startApplying(db: Db, websiteId: string, startedBy: string): Promise<string> {
  return db.transaction(async (tx) => {
    await loadChannelSettings(tx, websiteId) // throws when there is no such website
    return addJobOnce(tx, { websiteId, kind: applyChannelsKind, input: { started_by: startedBy } })
  })
}

interface Position {
  /** The name of the rules that are applied: when they change, the job begins again. */
  ruleset: string
  /** The id of the last touch that was looked at. */
  after: string
  /** How many those are. */
  seen: number
}

/**
 * A step of the job: the touches after those of the step before. It waits until every collector uses the
 * latest settings of the website, so that no touch is left out.
 */
export async function applyChannelsStep(tx: Transaction, job: Job): Promise<Step> {
  const { websiteId } = job
  const stored = job.position as Position | null // as returned below
  const { rules, unchangedMs } = await loadChannelSettings(tx, websiteId)
  const beginning: Position = { ruleset: rules.name, after: '0', seen: 0 }
  const position = stored?.ruleset === rules.name ? stored : beginning
  const waits = (afterMs: number): Step => ({ position: stored ?? beginning, done: 0, afterMs })
  if (unchangedMs < settleMs) return waits(settleMs - unchangedMs)
  if (!(await hasRoomInQueue(tx))) return waits(fullQueueMs)
  const { after, seen } = position
  const [rows, total] = await Promise.all([
    loadTouchSources(tx, { websiteId, after, limit: touchesPerStep }),
    seen === 0 ? countTouchesOf(tx, websiteId) : undefined,
  ])
  await writeChannels(
    tx,
    websiteId,
    rows.map((row) => placeStoredTouch(row, rules)),
  )
  const last = rows.at(-1)
  const next = last && { ...position, after: last.id, seen: seen + rows.length }
  const again = position === stored ? 0 : (stored?.seen ?? 0)
  return {
    position: rows.length === touchesPerStep ? next : undefined,
    done: rows.length - again,
    total: total ?? undefined,
  }
}

/** The customers are locked first, as ingest does, so that the two cannot deadlock. */
async function writeChannels(tx: Transaction, websiteId: string, placed: PlacedTouch[]): Promise<void> {
  const outdated = placed.filter(({ isOutdated }) => isOutdated)
  if (outdated.length === 0) return
  const inOrder = inLockOrder(outdated, ({ row }) => row.id).map((touch) => ({ ...touch, websiteId }))
  await Promise.all([
    lockCustomers(
      tx,
      customersOf(outdated).map((id) => ({ websiteId, id })),
    ),
    runRows(tx, channelUpdate, inOrder),
    enqueueCredit(
      tx,
      customersOf(outdated.filter(({ isMoved }) => isMoved)).map((customerId) => ({
        websiteId,
        customerId,
        reason: 'channel_changed',
      })),
    ),
  ])
}

const customersOf = (touches: readonly PlacedTouch[]) => [
  ...new Set(touches.map(({ row }) => row.customer_id)),
]

/** A page of the touches of a website, by id. */
export function loadTouchSources(
  queries: Queries,
  { websiteId, after, limit }: { websiteId: string; after: string; limit: number },
): Promise<TouchSourceRow[]> {
  const params = { website_id: websiteId, after, limit }
  return run<TouchSourceRow, keyof typeof params>(queries, touchSourceSelect, params)
}

async function countTouchesOf(tx: Queries, websiteId: string): Promise<number | null> {
  const params = { website_id: websiteId, limit: countedTouches }
  const [row] = await run<{ touches: number | null }, keyof typeof params>(tx, touchCount, params)
  return row?.touches ?? null
}

const touchSourceSelect = statement(selectTouchSources, 'website_id', 'after', 'limit')
const touchCount = statement(countTouches, 'website_id', 'limit')

const channelUpdate = rowStatement<PlacedTouch & { websiteId: string }>(updateTouchChannels, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ row }) => row.id,
  channel: ({ channel }) => channel,
  channel_ruleset: ({ ruleset }) => ruleset,
  is_paid: ({ isPaid }) => isPaid,
})
