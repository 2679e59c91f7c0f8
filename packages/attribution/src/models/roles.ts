/** Shares credit by the roles that touches play on the way to a conversion. */
import type { Journey, Weigher } from './journey.ts'

/** What the touch at an index earns for one role; a touch with several roles earns all of their shares. */
interface Role {
  index: number
  share: number
}

/** Shares for the first touch, the last one, and all between them together. */
export interface PositionShares {
  first: number
  middle: number
  last: number
}

export function byPosition({ first, middle, last }: PositionShares): Weigher {
  return ({ touches }) => {
    const ends = [
      { index: 0, share: first },
      { index: touches.length - 1, share: last },
    ]
    return byRoles(touches.length, ends, middle)
  }
}

/** Shares for the first touch, the ones that led to the events `lead_event` and `deal_event`, the last one, and the rest. */
export interface MilestoneShares {
  first: number
  lead: number
  deal?: number
  last?: number
  rest: number
}

/** A role without a touch earns nothing, which leaves more for the others. */
export function byMilestones({ first, lead, deal, last, rest }: MilestoneShares): Weigher {
  return (journey) => {
    const count = journey.touches.length
    const { lead_event: leadEvent, deal_event: dealEvent } = journey.parameters
    const roles = [{ index: 0, share: first }]
    roles.push({ index: indexBefore(leadEvent, journey), share: lead })
    if (deal) roles.push({ index: indexBefore(dealEvent, journey), share: deal })
    if (last) roles.push({ index: count - 1, share: last })
    return byRoles(
      count,
      roles.filter(({ index }) => index >= 0),
      rest,
    )
  }
}

/**
 * The latest touch before an event of this name; -1 without one. Of several such events the earliest after the first touch
 * counts: a person may create many leads on the way to one conversion, and those before the first touch belong to others.
 */
function indexBefore(name: unknown, { touches, milestones }: Journey): number {
  const from = touches[0]?.at ?? Number.POSITIVE_INFINITY
  const times = milestones.filter((one) => one.name === name && one.at >= from).map(({ at }) => at)
  if (times.length === 0) return -1
  const earliest = Math.min(...times)
  return touches.findLastIndex(({ at }) => at <= earliest)
}

/** The rest is divided equally among the touches without a role. */
function byRoles(count: number, roles: readonly Role[], rest: number): number[] {
  const shares = new Array<number>(count).fill(0)
  for (const { index, share } of roles) shares[index]! += share
  const taken = new Set(roles.map(({ index }) => index))
  return shares.map((share, index) => (taken.has(index) ? share : rest / (count - taken.size)))
}
