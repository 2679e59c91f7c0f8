/** What a conversion rule says, as command-line options. */
import { OperationError } from '../operation-error.ts'
import type { TypedNames } from './input-text.ts'

const option = (description: string, valueHint: string) =>
  ({ type: 'string', description, valueHint }) as const

/** Which events match: exactly one of these. */
export const matcherOptions = {
  event: option('Events of this name', 'name'),
  path: option('Page views of this path; * at its end: paths that begin with it', '/path'),
  matcher: option('Events that this matcher finds, as JSON', 'json'),
}

/** What the conversions are worth; without any, the revenue of their events. */
export const valueOptions = {
  'value-field': option('Field that holds the value, for example props.total', 'field'),
  unit: option('Unit of that field: major (49.99, the default) or minor (4999)', 'unit'),
  'value-cents': option('Fixed value in minor units, instead of a field', 'cents'),
  currency: option('Currency of the value', 'code'),
  'currency-field': option('Field that holds the currency', 'field'),
  'order-field': option(
    'Field that holds the order number: conversions with the same one count once',
    'field',
  ),
}

export const settingOptions = {
  counting: option('every (default), once_per_session or once_per_customer', 'counting'),
  'lookback-days': option(
    'Days before a conversion in which a touch earns credit; default: the website’s',
    'days',
  ),
  'default-model': option('Model that decides the attributed touch; default: the website’s', 'model'),
  models: option('Comma-separated models whose credit is stored; default: the website’s', 'models'),
  position: option(
    'Its place among the rules; the first rule that matches decides. Default: the last',
    'number',
  ),
}

type Args = Record<string, unknown>

/** The fields of a rule that are given, by JSON name; a text that cannot be parsed stays, for validation to report. */
export function readRuleOptions(args: Args): Record<string, unknown> {
  const { counting } = args
  return withoutAbsent({
    matcher: readMatcher(args),
    value: readValueOptions(args),
    counting,
    lookback_days: numberOrNull(args['lookback-days']),
    default_model: orNull(args['default-model']),
    models: listOrNull(args.models),
    position: numberOrNull(args.position),
  })
}

/** What the commands call the fields of a rule. */
export function ruleNames({ event, path, name }: Args): TypedNames {
  return {
    rule: 'The rule',
    matcher: event !== undefined ? '--event' : path !== undefined ? '--path' : '--matcher',
    ...(name === undefined && event !== undefined && { name: '--event' }), // it names the conversions too
    'value.field': '--value-field',
    'value.unit': '--unit',
    'value.cents': '--value-cents',
    'value.currency': '--currency',
    'value.currency_field': '--currency-field',
    'value.conversion_id_field': '--order-field',
  }
}

/** Throws an OperationError when the options of a new rule do not say which events match, or name no conversion. */
export function checkIsComplete({ event, path, matcher, name }: Args): void {
  if ([event, path, matcher].every((value) => value === undefined))
    throw new OperationError(
      'The rule names no events. Pass --event, --path or --matcher, for example --event purchase.',
    )
  if (name === undefined && event === undefined)
    throw new OperationError(
      '--name is missing. Pass a name for the conversions: only with --event they have the name of their events.',
    )
}

function readMatcher({ event, path, matcher }: Args): unknown {
  const given = [event, path, matcher].filter((value) => value !== undefined)
  if (given.length > 1) throw new OperationError('Pass one of --event, --path and --matcher.')
  if (typeof event === 'string') return { field: 'name', op: 'is', value: event }
  if (typeof path === 'string') return pathMatcher(path)
  return typeof matcher === 'string' ? readJson('--matcher', matcher) : undefined
}

function pathMatcher(path: string): object {
  const isPage = { field: 'type', op: 'is', value: 'page' }
  const isPath = path.endsWith('*')
    ? { field: 'url_path', op: 'starts_with', value: path.slice(0, -1) }
    : { field: 'url_path', op: 'is', value: path }
  return { all: [isPage, isPath] }
}

function readValueOptions(args: Args): unknown {
  if (args['value-field'] === 'none') return null
  const value = withoutAbsent({
    field: args['value-field'],
    unit: args.unit,
    cents: numberOrNull(args['value-cents']),
    currency: args.currency,
    currency_field: args['currency-field'],
    conversion_id_field: args['order-field'],
  })
  return Object.keys(value).length > 0 ? value : undefined
}

/** `website` takes back a setting of the rule's own. */
const orNull = (value: unknown) => (value === 'website' ? null : value)

function numberOrNull(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : orNull(value)
}

function listOrNull(value: unknown): unknown {
  if (typeof value !== 'string' || value === 'website') return orNull(value)
  // A model's own commas separate its parameters: a name follows only where no = does before the next comma.
  return value.split(/,(?=\s*[a-z_]+(?:$|[,:]))/).map((model) => model.trim())
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OperationError(
      `${name} is not JSON: ${(cause as Error).message}. Quote it for your shell, for example '{"field":"name","op":"is","value":"purchase"}'.`,
    )
  }
}

const withoutAbsent = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
