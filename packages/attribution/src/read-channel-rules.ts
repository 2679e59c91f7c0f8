/** Checks channel rules that come from outside. */
import { limits } from '@headwater/contract'
import { type ChannelRule, channelFields, textOperators } from './channel-rules.ts'

/** Generous for people, and few enough to try all of them for each touch. */
export const channelRuleLimits = {
  rules: 100,
  conditionsPerRule: 10,
  valuesPerCondition: 100,
  channelCharacters: 64,
  /** No stored campaign value is longer. */
  valueCharacters: limits.utm,
} as const

export type ChannelRulesResult =
  | { ok: true; rules: readonly ChannelRule[] }
  /** One message for each fault: where it is, what was found, what to do. */
  | { ok: false; problems: readonly string[] }

/** Reads a list of rules, such as parsed JSON. Never throws, and accepts all of them or none. */
export function readChannelRules(input: unknown): ChannelRulesResult {
  const problems = problemsOfRules(input)
  if (problems.length > 0) return { ok: false, problems }
  const rules = input as ChannelRule[] // every part has been checked
  return { ok: true, rules: rules.map((rule) => ({ ...rule, channel: rule.channel.trim() })) }
}

const exampleCondition = '{"field": "source", "op": "is", "value": "partner.example"}'
const exampleRule = `{"channel": "Partners", "conditions": [${exampleCondition}]}`
const rulesWanted = `a list of at most ${channelRuleLimits.rules} rules`
const conditionsWanted = `a list of 1 to ${channelRuleLimits.conditionsPerRule} conditions`
const valuesWanted = `a list of 1 to ${channelRuleLimits.valuesPerCondition} texts of 1 to ${channelRuleLimits.valueCharacters} characters`

function problemsOfRules(input: unknown): string[] {
  if (!isList(input, 0, channelRuleLimits.rules))
    return [problem('Channel rules', rulesWanted, input, `Pass, for example, [${exampleRule}].`)]
  return input.flatMap((rule, index) => problemsOfRule(rule, `Channel rule ${index + 1}`))
}

function problemsOfRule(rule: unknown, place: string): string[] {
  if (!hasOnly(rule, ['channel', 'conditions']))
    return [
      problem(place, 'an object of `channel` and `conditions`', rule, `Pass, for example, ${exampleRule}.`),
    ]
  const { conditions } = rule
  const channel = problemsOfText(
    rule.channel,
    channelRuleLimits.channelCharacters,
    `${place}: \`channel\``,
    'Pass the name of the channel, for example "Partners".',
  )
  if (!isList(conditions, 1, channelRuleLimits.conditionsPerRule)) {
    const advice = `Pass, for example, [${exampleCondition}].`
    return [...channel, problem(`${place}: \`conditions\``, conditionsWanted, conditions, advice)]
  }
  const wrong = conditions.map((each, index) => problemsOfCondition(each, `${place}, condition ${index + 1}`))
  return [...channel, ...wrong.flat()]
}

function problemsOfCondition(condition: unknown, place: string): string[] {
  const operand = isObject(condition) && condition.op === 'in' ? 'values' : 'value'
  if (!hasOnly(condition, ['field', 'op', operand])) {
    const wanted = `an object of \`field\`, \`op\` and \`${operand}\``
    return [problem(place, wanted, condition, `Pass, for example, ${exampleCondition}.`)]
  }
  return [
    ...problemsOfName(condition.field, Object.keys(channelFields), `${place}: \`field\``),
    ...problemsOfName(condition.op, [...Object.keys(textOperators), 'in'], `${place}: \`op\``),
    ...(operand === 'values'
      ? problemsOfValues(condition.values, `${place}: \`values\``)
      : problemsOfText(
          condition.value,
          channelRuleLimits.valueCharacters,
          `${place}: \`value\``,
          'Pass the text to compare with; for several, "op": "in" with `values`.',
        )),
  ]
}

function problemsOfName(name: unknown, names: readonly string[], place: string): string[] {
  const advice = 'Choose one of them; where a regular expression would be needed, pass several rules.'
  return names.some((each) => each === name)
    ? []
    : [problem(place, `one of ${names.join(', ')}`, name, advice)]
}

function problemsOfText(text: unknown, max: number, place: string, advice: string): string[] {
  return isText(text, max) ? [] : [problem(place, `a text of 1 to ${max} characters`, text, advice)]
}

function problemsOfValues(values: unknown, place: string): string[] {
  const { valueCharacters, valuesPerCondition } = channelRuleLimits
  const isFine =
    isList(values, 1, valuesPerCondition) && values.every((value) => isText(value, valueCharacters))
  return isFine ? [] : [problem(place, valuesWanted, values, 'Pass, for example, ["email", "mail"].')]
}

function problem(place: string, wanted: string, found: unknown, advice: string): string {
  return `${place} must be ${wanted}, got ${shown(found)}. ${advice}`
}

/** Long enough to recognise the value, short enough for a message. */
const shownCharacters = 100

function shown(found: unknown): string {
  if (found === undefined || found === null) return 'nothing'
  if (Array.isArray(found)) return `a list of ${found.length}`
  const text = isObject(found) ? `an object of ${Object.keys(found)}` : JSON.stringify(String(found))
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
}

function isText(text: unknown, max: number): boolean {
  return typeof text === 'string' && text.trim() !== '' && text.length <= max
}

function isList(list: unknown, min: number, max: number): list is unknown[] {
  return Array.isArray(list) && list.length >= min && list.length <= max
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A key that we do not read would change nothing, which its author did not mean. */
function hasOnly(value: unknown, keys: readonly string[]): value is Record<string, unknown> {
  return isObject(value) && Object.keys(value).every((key) => keys.includes(key))
}
