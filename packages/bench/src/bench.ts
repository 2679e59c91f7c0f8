/**
 * `npm run bench`: prints what the collector can take compared with the database and a bare server, whether two collectors
 * can share a database, and what the browser SDK costs its pages. `-- credit`, `-- scale` and `-- soak` take longer and run
 * only when named; any of them can be named, several too. `--brief` only shows that they run. All marks are printed at the end.
 */
import { benchThroughput, briefThroughputPlan, fullThroughputPlan } from './collector/throughput.ts'
import {
  benchTwoCollectors,
  briefTwoCollectorsPlan,
  fullTwoCollectorsPlan,
} from './collector/two-collectors.ts'
import { benchCredit, briefCreditPlan, fullCreditPlan } from './credit/credit-bench.ts'
import { formatMarks, type Mark } from './marks.ts'
import { isRole, playRole } from './roles.ts'
import { benchScale, briefScalePlan, fullScalePlan } from './scale/scale.ts'
import { briefSdkPlan, fullSdkPlan } from './sdk/plan.ts'
import { benchSdk } from './sdk/sdk-bench.ts'
import { benchSoak, briefSoakPlan, fullSoakPlan } from './soak/soak.ts'

/** By name; those with marks return them, and all print their tables. */
const benches: Record<string, (length: 'brief' | 'full') => Promise<Mark[]>> = {
  collector: (length) => benchThroughput(length === 'brief' ? briefThroughputPlan : fullThroughputPlan),
  'two-collectors': (length) =>
    benchTwoCollectors(length === 'brief' ? briefTwoCollectorsPlan : fullTwoCollectorsPlan),
  credit: (length) => benchCredit(length === 'brief' ? briefCreditPlan : fullCreditPlan),
  scale: (length) => benchScale(length === 'brief' ? briefScalePlan : fullScalePlan),
  soak: (length) => benchSoak(length === 'brief' ? briefSoakPlan : fullSoakPlan),
  sdk: (length) => benchSdk(length === 'brief' ? briefSdkPlan : fullSdkPlan).then(() => []), // its tables contain its marks
}

const usual = ['collector', 'two-collectors', 'sdk']

const words = process.argv.slice(2)
if (isRole(words[0])) playRole(words[0])
else await runBenches(words)

async function runBenches(words: string[]): Promise<void> {
  // "exit" ends what we started; a signal would not.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const named = words.filter((word) => word !== '--brief')
  const unknown = named.find((word) => !Object.hasOwn(benches, word))
  if (unknown !== undefined) {
    console.error(
      `bench: there is no '${unknown}'. Name one or more of ${Object.keys(benches).join(', ')}, and --brief for a short run.`,
    )
    process.exit(1)
  }
  const length = words.includes('--brief') ? 'brief' : 'full'
  const marks: Mark[] = []
  for (const name of named.length > 0 ? named : usual) {
    marks.push(...((await benches[name]?.(length)) ?? []))
    console.log('')
  }
  if (marks.length > 0) console.log(formatMarks(marks))
}
