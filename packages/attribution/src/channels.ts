/** Says to which channel a touch belongs; only the collector needs it. */
import { type ChannelSource, factsOf } from './channel-facts.ts'
import { type ChannelRule, customChannelOf } from './channel-rules.ts'
import {
  type ChannelReading,
  type ChannelRulesetName,
  channelRules,
  channelRulesets,
} from './channel-rulesets.ts'

export type { ChannelSource } from './channel-facts.ts'
export type { ChannelCondition, ChannelField, ChannelRule } from './channel-rules.ts'
export { type ChannelRulesetName, channelRulesets } from './channel-rulesets.ts'
export { type ChannelRulesResult, channelRuleLimits, readChannelRules } from './read-channel-rules.ts'

/** The rules of a website. */
export interface ChannelRules {
  ruleset: ChannelRulesetName
  /** As `readChannelRules` accepts them; the first that matches decides, before the ruleset. Default: none. */
  custom?: readonly ChannelRule[]
}

/** What no rule claims, as in GA4. */
const unassigned = 'Unassigned'

/** The built-in channels, in the order of reports. */
export const channels: readonly string[] = [...channelRules.map(([channel]) => channel), unassigned]

/** The channel of a touch, by the first rule that holds: a built-in channel or one of the website's own. Never throws. */
export function channelOf(source: ChannelSource, rules: ChannelRules): string {
  return placeInChannel(source, rules).channel
}

export interface ChannelPlace {
  channel: string
  /** Whether the click was bought: its medium, its click id or an ad host says so, or its channel is a paid one of the built-in. */
  isPaid: boolean
}

/** The channel of a touch, as `channelOf` finds it, with whether the click was bought. Never throws. */
export function placeInChannel(source: ChannelSource, { ruleset, custom = [] }: ChannelRules): ChannelPlace {
  const facts = factsOf(source)
  const channel = customChannelOf(facts, custom) ?? builtInChannelOf(channelRulesets[ruleset].read(facts))
  return { channel, isPaid: facts.isPaid || paidChannels.has(channel) }
}

// A source such as `adwords`, or a rule of the website, may say what neither medium nor click id says.
const paidChannels: ReadonlySet<string> = new Set(channels.filter((channel) => channel.startsWith('Paid ')))

function builtInChannelOf(reading: ChannelReading): string {
  return channelRules.find(([, holds]) => holds(reading))?.[0] ?? unassigned
}
