/** Applies a website's own channel rules, which come before the built-in ones. */
import { type ChannelFacts, plain } from './channel-facts.ts'

/** Puts touches that meet all conditions into the channel. */
export interface ChannelRule {
  /** A built-in channel or a name of your own. */
  channel: string
  conditions: readonly ChannelCondition[]
}

/** Compared without case and surrounding spaces. A touch without the field meets no condition on it. */
export type ChannelCondition =
  | { field: ChannelField; op: TextOperator; value: string }
  | { field: ChannelField; op: 'in'; values: readonly string[] }

/** Source and medium are those that reports show: `google` and `organic` for a visitor from google.com. */
export const channelFields = {
  source: (facts: ChannelFacts) => facts.source,
  medium: (facts: ChannelFacts) => facts.medium,
  campaign: (facts: ChannelFacts) => facts.campaign,
  term: (facts: ChannelFacts) => facts.term,
  content: (facts: ChannelFacts) => facts.content,
  click_id_type: (facts: ChannelFacts) => facts.clickIdType,
  referrer_domain: (facts: ChannelFacts) => facts.referrerDomain,
  touch_type: (facts: ChannelFacts) => facts.type,
}

export type ChannelField = keyof typeof channelFields

/** No regular expression is among them: a slow one would hold up ingest. */
export const textOperators = {
  is: (found: string, value: string) => found === value,
  contains: (found: string, value: string) => found.includes(value),
  starts_with: (found: string, value: string) => found.startsWith(value),
  ends_with: (found: string, value: string) => found.endsWith(value),
}

export type TextOperator = keyof typeof textOperators

/** The channel of the first rule whose conditions all hold; undefined when there is none. */
export function customChannelOf(facts: ChannelFacts, rules: readonly ChannelRule[]): string | undefined {
  return rules.find(({ conditions }) => conditions.every((condition) => holds(condition, facts)))?.channel
}

function holds(condition: ChannelCondition, facts: ChannelFacts): boolean {
  const found = channelFields[condition.field](facts)
  if (found === null) return false
  if (condition.op === 'in') return condition.values.some((value) => found === plain(value))
  const value = plain(condition.value)
  return value !== undefined && textOperators[condition.op](found, value)
}
