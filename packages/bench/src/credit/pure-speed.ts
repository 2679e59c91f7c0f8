/** How much CPU pure credit takes: every rule-based model for one conversion, and Markov over many paths. */
import { type CreditTouch, credit } from '@headwater/attribution/credit'
import type { ChannelPath } from '@headwater/attribution/data-driven/channel-path'
import { markov } from '@headwater/attribution/data-driven/markov'
import { modelNames } from '@headwater/attribution/models'

const dayMs = 86_400_000
const touches = Array.from(
  { length: 5 },
  (_, i): CreditTouch => ({
    id: String(1_000_000 + i),
    at: i * 3 * dayMs,
    isDirect: i === 2,
    isPaid: i === 1,
    item: `channel ${i % 3}`,
  }),
)
const milestones = [
  { name: 'lead_created', at: 4 * dayMs },
  { name: 'deal_created', at: 9 * dayMs },
]

/** Microseconds for all models of a conversion with 5 touches, on average over so many conversions. */
export function timeAllModels(conversions: number): number {
  const options = { lookbackMs: 90 * dayMs, defaultModel: 'linear' as const, models: modelNames }
  const before = process.cpuUsage()
  for (let i = 0; i < conversions; i++)
    credit({ at: 20 * dayMs + i, valueCents: 10_000 + i, milestones }, touches, options)
  return cpuUs(before) / conversions
}

/** Seconds for Markov over so many paths, of up to 8 steps each, through 20 channels. */
export function timeMarkov(paths: number): number {
  const made = Array.from({ length: paths }, (_, i) => pathOf(i))
  const before = process.cpuUsage()
  const { status } = markov(made)
  if (status !== 'solved') throw new Error('These paths have conversions, so there must be a result.')
  return cpuUs(before) / 1e6
}

/** Not by the clock: another program must not count. */
function cpuUs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

const channels = Array.from({ length: 20 }, (_, i) => `channel ${i}`)

/** The same path for the same number, and others for others. */
function pathOf(number: number): ChannelPath {
  let state = number * 2_654_435_761 + 1
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const path = Array.from({ length: 1 + next(8) }, () => channels[next(channels.length)]!)
  const converts = next(10) === 0
  return { path, conversions: converts ? 1 : 0, nulls: converts ? 0 : 1, valueCents: converts ? 1_000 : 0 }
}
