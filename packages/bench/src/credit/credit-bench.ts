/** `npm run bench -- credit`: how long credit takes, alone and for a whole history while events come in. */
import type { Mark } from '../marks.ts'
import { formatTable } from '../table.ts'
import { timeAllModels, timeMarkov } from './pure-speed.ts'
import { type Recomputed, type RecomputePlan, timeRecompute } from './recompute-speed.ts'

export interface CreditPlan {
  /** Credited by all models before the time is taken, and while it is. */
  warmUp: number
  conversions: number
  paths: number
  recompute: RecomputePlan
}

export const fullCreditPlan: CreditPlan = {
  warmUp: 20_000,
  conversions: 50_000,
  paths: 1_000_000,
  recompute: { conversions: 100_000, touchesEach: 5, eventsPerSecond: 1_000 },
}
/** Only shows that everything runs: its figures mean little. */
export const briefCreditPlan: CreditPlan = {
  warmUp: 500,
  conversions: 1_000,
  paths: 10_000,
  recompute: { conversions: 1_000, touchesEach: 5, eventsPerSecond: 200 },
}

export async function benchCredit(plan: CreditPlan): Promise<Mark[]> {
  timeAllModels(plan.warmUp)
  const modelsUs = timeAllModels(plan.conversions)
  const markovS = timeMarkov(plan.paths)
  const recomputed = await timeRecompute(plan.recompute)
  console.log(report(plan, recomputed))
  const { conversions, touchesEach } = plan.recompute
  const [all, paths] = [conversions, plan.paths].map((count) => count.toLocaleString('en'))
  return [
    { name: 'credit: all rule-based models of a conversion, µs', figure: modelsUs, atMost: 50 },
    { name: `credit: Markov over ${paths} paths and 20 channels, s`, figure: markovS, atMost: 5 },
    {
      name: `credit: ${all} conversions with ${touchesEach} touches each again, s`,
      figure: recomputed.seconds,
      atMost: 60,
    },
    { name: 'credit: acknowledged events that are lost meanwhile', figure: recomputed.lost, atMost: 0 },
  ]
}

function report({ recompute }: CreditPlan, recomputed: Recomputed): string {
  const { seconds, versions, credits, bytesPerConversion, eventsPerSecond } = recomputed
  const titles = [
    '',
    'seconds',
    'conversions/s',
    'new versions',
    'rows of credit',
    'bytes each',
    'events/s meanwhile',
  ]
  const name = `${recompute.conversions.toLocaleString('en')} conversions`
  return [
    'A website changes its default model: all its conversions are credited again and get a new version, while events come in.',
    '',
    formatTable(titles, [
      [
        name,
        seconds,
        recompute.conversions / seconds,
        versions,
        credits,
        bytesPerConversion,
        eventsPerSecond,
      ],
    ]),
  ].join('\n')
}
