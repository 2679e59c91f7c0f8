/** Says which touches a conversion was credited to, and why not to the others. Pure. */
import { type CreditTouch, eligibleTouches, withoutDirect } from '@headwater/attribution/credit'
import { excludesDirect } from '@headwater/attribution/models'
import { parseModel } from '@headwater/attribution/models/parse-model'
import type {
  ConsideredTouch,
  ExplainedTouch,
  TouchCredit,
  UncountedReason,
  UncountedTouch,
} from './explanation.ts'

/** A touch with its time as credit compares it, in epoch ms. */
export type TimedTouch = ExplainedTouch & { at: number }

/** The credit of a touch under a model. */
export interface StoredCredit {
  model: string
  touch_id: string
  weight: number
  value_cents: number | null
}

export interface PathFacts {
  /** Of the conversion, in epoch ms. */
  at: number
  lookbackMs: number
  /** How many of the latest touches are looked at, besides the first one. */
  limit: number
  /** The customers of the person. */
  members: ReadonlySet<string>
  /** When other customers were separated from the person, in epoch ms. */
  separatedAt: ReadonlyMap<string, number>
  models: readonly string[]
  /** Those in force. */
  credits: readonly StoredCredit[]
  isCounted: boolean
  hasValue: boolean
}

export interface ExplainedTouches {
  touches: ConsideredTouch[]
  not_counted: UncountedTouch[]
}

/** After every touch; an infinite time less an infinite look-back would be no time. */
const endOfTime = Number.MAX_SAFE_INTEGER

/** Explains all of these touches. A touch with credit is listed with it, also when it will lose it. */
export function explainTouches(touches: readonly TimedTouch[], path: PathFacts): ExplainedTouches {
  const inOrder = eligibleTouches(touches.map(toCreditTouch), endOfTime, Number.POSITIVE_INFINITY)
  const byId = new Map(touches.map((touch) => [touch.id, touch]))
  const all = inOrder.map(({ id }) => byId.get(id) as TimedTouch) // they are the same touches
  const reasonOf = createReasons(all, path)
  const creditOf = createCredits(
    all.filter((touch) => !reasonOf(touch)),
    path,
  )
  const credited = new Set(path.credits.map(({ touch_id }) => touch_id))
  const isConsidered = (touch: TimedTouch) => !reasonOf(touch) || credited.has(touch.id)
  return {
    touches: all.filter(isConsidered).map((touch) => ({
      ...plain(touch),
      credit: creditOf(touch),
      leaves_because: reasonOf(touch) ?? null,
    })),
    not_counted: all.flatMap((touch): UncountedTouch[] => {
      const reason = reasonOf(touch)
      if (isConsidered(touch)) return []
      const separatedAt = reason === 'other_person' ? path.separatedAt.get(touch.customer_id) : undefined
      return [
        {
          ...plain(touch),
          reason: reason as UncountedReason, // it is not considered
          separated_at: separatedAt === undefined ? null : new Date(separatedAt).toISOString(),
        },
      ]
    }),
  }
}

const toCreditTouch = ({ id, at, is_direct }: TimedTouch): CreditTouch => ({ id, at, isDirect: is_direct })

function plain({ at: _at, ...touch }: TimedTouch): ExplainedTouch {
  return touch
}

/** Why a touch can earn nothing under any model; undefined: it can. The touches must be in order. */
function createReasons(touches: readonly TimedTouch[], path: PathFacts) {
  const own = touches.filter(
    ({ customer_id, is_bot, is_withdrawn, at }) =>
      path.members.has(customer_id) && !is_bot && !is_withdrawn && at <= path.at,
  )
  const inReach = new Set([...own.slice(0, 1), ...own.slice(-path.limit)])
  const eligible = new Set(
    eligibleTouches([...inReach].map(toCreditTouch), path.at, path.lookbackMs).map(({ id }) => id),
  )
  return (touch: TimedTouch): UncountedReason | undefined => {
    if (!path.members.has(touch.customer_id)) return 'other_person'
    if (touch.is_bot) return 'bot'
    if (touch.is_withdrawn) return 'withdrawn'
    if (touch.at > path.at) return 'after_conversion'
    if (eligible.has(touch.id)) return undefined
    return inReach.has(touch) || touch.at < path.at - path.lookbackMs ? 'older_than_lookback' : 'beyond_limit'
  }
}

/** What the models gave a touch; the eligible touches must be in order. */
function createCredits(eligible: readonly TimedTouch[], { models, credits, isCounted, hasValue }: PathFacts) {
  const stored = new Map(credits.map((credit) => [`${credit.model} ${credit.touch_id}`, credit]))
  const notDirect = new Set(withoutDirect(eligible.map(toCreditTouch)).map(({ id }) => id))
  const eligibleIds = new Set(eligible.map(({ id }) => id))
  const isExcluded = ({ id }: TimedTouch) => eligibleIds.has(id) && !notDirect.has(id)
  const excluding = new Set(models.filter(excludesDirectTouches))

  return (touch: TimedTouch): TouchCredit[] =>
    models.map((model) => {
      const credit = stored.get(`${model} ${touch.id}`)
      if (credit) return { model, weight: credit.weight, value_cents: credit.value_cents, reason: null }
      const reason = !isCounted
        ? 'conversion_not_counted'
        : excluding.has(model) && isExcluded(touch)
          ? 'direct_excluded'
          : 'no_share'
      return { model, weight: 0, value_cents: hasValue ? 0 : null, reason }
    })
}

/** By the text under which its credit is stored; a model that this version does not know excludes nothing. */
function excludesDirectTouches(key: string): boolean {
  const parsed = parseModel(key)
  return 'model' in parsed && excludesDirect(parsed.model)
}
