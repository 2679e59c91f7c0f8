/** What `headwater rule` prints. */
import type { Condition, Matcher } from '@headwater/attribution/matcher/matcher'
import type { Rule } from '../rules/rules.ts'
import type { RuleMatch, RuleTestResult } from '../rules/test-rule.ts'
import { moneyText } from './money.ts'
import { createTimeText, type WriteTime, zoneText } from './time-text.ts'

/** The first line names a rule, and the lines below say what it does. */
export function ruleText(rule: Rule): string {
  const lines: [string, string | null][] = [
    ['matches', matcherText(rule.matcher as Matcher)], // checked when it was stored
    ['value', valueText(rule.value as StoredValue | null)],
    ['counts', countingTexts[rule.counting]],
    ['look-back', rule.lookback_days === null ? null : `${rule.lookback_days} days`],
    ['models', rule.models?.join(', ') ?? null],
    ['default', rule.default_model],
  ]
  const shown = lines.filter(([, text]) => text !== null)
  return [
    `${rule.position}. ${rule.name} (id ${rule.id}, ${rule.status})`,
    ...shown.map(([title, text]) => `   ${title.padEnd(9)}  ${text}`),
  ].join('\n')
}

export const ruleListText = (rules: readonly Rule[], websiteId: string): string =>
  rules.map(ruleText).join('\n\n') ||
  `This website has no conversion rules. Add one: headwater rule create --website ${websiteId} --event purchase`

export function ruleTestText(result: RuleTestResult): string {
  const time = createTimeText(result.time_zone)
  return [...result.matches.map((match) => matchText(match, time)), '', searchText(result, time)].join('\n')
}

/** As JSON where it is of a later version. */
export function matcherText(matcher: Matcher): string {
  if ('all' in matcher) return matcher.all.map(partText).join(' and ') || 'every event'
  if ('any' in matcher) return matcher.any.map(partText).join(' or ') || 'no event'
  if ('not' in matcher) return `not (${matcherText(matcher.not)})`
  return conditionText(matcher)
}

const partText = (matcher: Matcher) =>
  'all' in matcher || 'any' in matcher ? `(${matcherText(matcher)})` : matcherText(matcher)

function conditionText(condition: Condition): string {
  const op = condition.op.replaceAll('_', ' ')
  return 'value' in condition
    ? `${condition.field} ${op} ${JSON.stringify(condition.value)}`
    : `${condition.field} ${op}`
}

interface StoredValue {
  field?: string
  unit?: string
  cents?: number
  currency?: string
  currency_field?: string
  conversion_id_field?: string
}

function valueText(value: StoredValue | null): string {
  const order = value?.conversion_id_field ? `, order number in ${value.conversion_id_field}` : ''
  if (value?.cents !== undefined) return `${moneyText(value.cents, value.currency ?? '')}${order}`
  if (value?.field === undefined) return `the revenue of the event${order}`
  const currency = value.currency ?? `the currency in ${value.currency_field}`
  return `${value.field}${value.unit === 'minor' ? ' (minor units)' : ''} in ${currency}${order}`
}

const countingTexts: Record<Rule['counting'], string> = {
  every: 'every conversion',
  once_per_session: 'one in each session',
  once_per_customer: 'one of each customer',
}

const states: Record<RuleMatch['now'], string> = {
  same_rule: 'conversion by this rule',
  other_rule: 'conversion by another rule',
  event: 'conversion by its own flag',
  declined: 'no conversion: its flag says so, and wins over rules',
  none: 'no conversion yet',
}

function matchText({ occurred_at, name, url, conversion, now }: RuleMatch, time: WriteTime): string {
  return [time(occurred_at), name, url ?? '', conversion && worthText(conversion), states[now]]
    .filter(Boolean)
    .join('  ')
}

const worthText = ({ value_cents, currency }: NonNullable<RuleMatch['conversion']>) =>
  value_cents === null || currency === null ? 'no value' : moneyText(value_cents, currency)

function searchText(result: RuleTestResult, time: WriteTime): string {
  const { matches, events_looked_at, looked_back_to, is_complete, time_zone } = result
  if (looked_back_to === null) return 'This website has no events yet.'
  const found = matches.length === 0 ? 'No match' : `${matches.length} shown`
  const more = is_complete ? '' : ' The time was up; there may be more before.'
  return `${found} among the latest ${events_looked_at} events, back to ${time(looked_back_to)}.${more} ${zoneText(time_zone)}`
}
