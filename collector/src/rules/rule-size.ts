/** How large the matchers of a website are together: all of them become one statement when rules are applied to history. */
import type { Matcher } from '@headwater/attribution/matcher/matcher'
import { InputError } from '../operation-error.ts'

export interface RuleSize {
  /** Conditions and groups. */
  nodes: number
  values: number
}

/** Of all rules of a website, paused ones included. A condition costs up to 2 µs an event; a statement takes 65,535 parameters. */
export const ruleSizeLimits: RuleSize = { nodes: 2_000, values: 20_000 }

export function sizeOf(matchers: readonly Matcher[]): RuleSize {
  const size = { nodes: 0, values: 0 }
  for (const matcher of matchers) add(matcher, size)
  return size
}

function add(matcher: Matcher, size: RuleSize): void {
  size.nodes += 1
  if ('all' in matcher) for (const part of matcher.all) add(part, size)
  else if ('any' in matcher) for (const part of matcher.any) add(part, size)
  else if ('not' in matcher) add(matcher.not, size)
  else size.values += 'value' in matcher && Array.isArray(matcher.value) ? matcher.value.length : 1
}

/** Throws an InputError when the rules are too large together. */
export function checkRuleSize(rules: readonly { matcher: unknown }[]): void {
  const { nodes, values } = sizeOf(rules.map(({ matcher }) => matcher as Matcher)) // checked when they were stored
  if (nodes <= ruleSizeLimits.nodes && values <= ruleSizeLimits.values) return
  const message = `makes the rules of the website too large together: ${nodes} conditions and groups with ${values} values, of ${ruleSizeLimits.nodes} and ${ruleSizeLimits.values}. Delete rules, or ask for a prefix instead of a list.`
  throw new InputError([{ field: 'matcher', message }])
}
