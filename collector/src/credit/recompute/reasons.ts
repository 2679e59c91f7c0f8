/** Which of several reasons a new version of a credit states. */
import type { CreditReason } from '../enqueue.ts'

/** What happened to the person comes before what happened to the settings, and the rarer before the more frequent. */
const precedence: CreditReason[] = [
  'erase',
  'unmerge',
  'merge',
  'late_touch', // before refund: that alone changes no purchase
  'refund',
  'deferred', // stored without its credit, in a group that had too much to write
  'rule_changed',
  'channel_changed',
  'model_changed',
]

/** The first by precedence; at least one must be given. */
export function leadingReason(reasons: readonly CreditReason[]): CreditReason {
  return precedence.find((reason) => reasons.includes(reason)) ?? 'late_touch'
}
