/** Names the channel rules of a website, so that a touch can say by which ones it got its channel. */
import { createHash } from 'node:crypto'
import { type ChannelRule, type ChannelRules, channelRulesets } from '@headwater/attribution/channels'
import type { NamedChannelRules } from '@headwater/server/website-settings'

/** 32 bits: enough to tell the few rules apart that one website ever has. */
const digits = 8

/** Rules that differ have different names, and so do versions of a ruleset. */
export function nameChannelRules({ ruleset, custom = [] }: ChannelRules): NamedChannelRules {
  const base = `${ruleset}@${channelRulesets[ruleset].version}`
  return { ruleset, custom, name: custom.length > 0 ? `${base}+${digestOf(custom)}` : base }
}

/** Does not depend on the order of keys, which a database may change. */
function digestOf(rules: readonly ChannelRule[]): string {
  const parts = rules.map(({ channel, conditions }) => [
    channel,
    conditions.map((condition) => [
      condition.field,
      condition.op,
      condition.op === 'in' ? condition.values : condition.value,
    ]),
  ])
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, digits)
}
