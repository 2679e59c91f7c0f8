/** Checks that JSON from outside is a matcher over known fields, within limits. */
import { limits } from '@headwater/contract'
import { type FieldType, findField } from './fields.ts'
import type { Matcher, Op } from './matcher.ts'

export const matcherLimits = {
  /** Levels of all, any and not. A guess: forms that people fill in have two or three. */
  depth: 10,
  /** Conditions and groups. A guess; a condition costs up to 2 µs a row in SQL. */
  nodes: 200,
  /** Of all conditions together; a statement takes 65,535 parameters at most. */
  values: 1_000,
  /** Characters of a value: no column of an event holds a longer text. */
  text: limits.url,
  /** Characters of a field's name: `limits.depth` keys of 100 characters each. */
  field: 1_000,
} as const

/** What is wrong with a matcher. */
export interface MatcherFault {
  /** Where, as in `all[1].value`; '' is the whole matcher. */
  path: string
  /** What was expected there, what was found, and what to do. */
  message: string
}

type FieldTypes = Record<string, { type: FieldType }>

/** The JSON value as a matcher over these fields, or the first fault in it. */
export function checkMatcher(
  input: unknown,
  fields: FieldTypes,
): { matcher: Matcher } | { fault: MatcherFault } {
  const fault = nodeFault(input, { path: '', depth: 0, fields, counts: { nodes: 0, values: 0 } })
  return fault ? { fault } : { matcher: input as Matcher } // without a fault it has the shape of one
}

interface Place {
  path: string
  /** Groups around it. */
  depth: number
  fields: FieldTypes
  /** Of the whole matcher, so far. */
  counts: { nodes: number; values: number }
}

type Checked = MatcherFault | undefined
type Keys = Record<string, unknown>

function nodeFault(node: unknown, place: Place): Checked {
  place.counts.nodes += 1
  if (place.counts.nodes > matcherLimits.nodes)
    return tooMany(place, `${matcherLimits.nodes} conditions and groups`)
  if (place.depth > matcherLimits.depth) return tooMany(place, `${matcherLimits.depth} levels`)
  const keys = isObject(node) ? Object.keys(node).sort().join() : ''
  const check = Object.hasOwn(nodeChecks, keys) ? nodeChecks[keys] : undefined
  if (check) return check(node as Keys, place) // it has keys
  return faultAt(place, {
    must: 'be a condition or a group',
    got: keys ? `the keys ${keys.slice(0, shownCharacters)}` : show(node),
    advice: 'Pass an object with just field, op and value, or with just one of all, any and not.',
  })
}

/** By the sorted keys of the node. */
const nodeChecks: Record<string, (node: Keys, place: Place) => Checked> = {
  all: ({ all }, place) => partsFault(all, within(place, 'all')),
  any: ({ any }, place) => partsFault(any, within(place, 'any')),
  not: ({ not }, place) => nodeFault(not, within(place, 'not')),
  'field,op': conditionFault,
  'field,op,value': conditionFault,
}

function partsFault(parts: unknown, place: Place): Checked {
  if (Array.isArray(parts)) return firstFault(parts, place, nodeFault)
  return faultAt(place, { must: 'be a list', got: show(parts), advice: 'Pass a list of matchers.' })
}

type ValueKind = 'scalar' | 'list' | 'text' | 'number' | 'none'

const valueKinds: Record<Op, ValueKind> = {
  is: 'scalar',
  is_not: 'scalar',
  in: 'list',
  not_in: 'list',
  contains: 'text',
  starts_with: 'text',
  ends_with: 'text',
  gt: 'number',
  gte: 'number',
  lt: 'number',
  lte: 'number',
  exists: 'none',
  not_exists: 'none',
}
const ops = Object.keys(valueKinds) as Op[] // Object.keys forgets the type of the keys

function conditionFault(condition: Keys, place: Place): Checked {
  const { field, op, value } = condition
  const type = fieldType(field, place.fields)
  if (!type)
    return faultAt(at(place, 'field'), {
      must: 'be a known field',
      got: show(field),
      advice: `Use one of ${Object.keys(place.fields).join(', ')}; keys of JSON follow after dots, as in props.plan.`,
    })
  const allowed = opsOf(type)
  const known = allowed.find((name) => name === op)
  if (!known)
    return faultAt(at(place, 'op'), {
      must: `be an operator for a ${type} field`,
      got: show(op),
      advice: `Use one of ${allowed.join(', ')}.`,
    })
  return valueFault(value, valueKinds[known], at(place, 'value'))
}

const fieldType = (field: unknown, fields: FieldTypes): FieldType | undefined =>
  isStorable(field) && field.length <= matcherLimits.field ? findField(fields, field)?.column.type : undefined

/** A column of text is never a number, and the other way round. */
function opsOf(type: FieldType): Op[] {
  const unfit = { text: 'number', number: 'text', json: undefined }[type]
  return ops.filter((op) => valueKinds[op] !== unfit)
}

function valueFault(value: unknown, kind: ValueKind, place: Place): Checked {
  if (kind === 'list' && Array.isArray(value) && value.length > 0)
    return firstFault(value, place, (item, itemPlace) => valueFault(item, 'scalar', itemPlace))
  place.counts.values += 1
  if (place.counts.values > matcherLimits.values) return tooMany(place, `${matcherLimits.values} values`)
  const { isValid, must, advice } = valueRules[kind]
  return isValid(value) ? undefined : faultAt(place, { must, got: show(value), advice })
}

const isStorable = (value: unknown): value is string =>
  typeof value === 'string' && !/[\0\p{Surrogate}]/u.test(value) // PostgreSQL stores neither U+0000 nor half a character
const isText = (value: unknown) => isStorable(value) && value.length <= matcherLimits.text
const isNumber = (value: unknown) => Number.isFinite(value)

const textRule = `at most ${matcherLimits.text} characters, without U+0000 and lone surrogates`
const valueRules: Record<ValueKind, { isValid: (value: unknown) => boolean; must: string; advice: string }> =
  {
    scalar: {
      isValid: (value) => isText(value) || isNumber(value) || typeof value === 'boolean',
      must: 'be a text, a number, true or false',
      advice: `A text has ${textRule}. Use not_exists to ask for a missing value.`,
    },
    list: {
      isValid: () => false, // a list of values is judged value by value
      must: 'be a list of values',
      advice: 'Pass at least one value.',
    },
    text: { isValid: isText, must: 'be a text', advice: `It has ${textRule}.` },
    number: { isValid: isNumber, must: 'be a number', advice: 'Pass it without quotes.' },
    none: {
      isValid: (value) => value === undefined,
      must: 'be absent',
      advice: 'Leave it out: exists and not_exists take no value.',
    },
  }

function firstFault(
  items: readonly unknown[],
  place: Place,
  check: (item: unknown, place: Place) => Checked,
): Checked {
  for (const [i, item] of items.entries()) {
    const fault = check(item, { ...place, path: `${place.path}[${i}]` })
    if (fault) return fault
  }
  return undefined
}

const within = (place: Place, key: string): Place => ({ ...at(place, key), depth: place.depth + 1 })
const at = (place: Place, key: string): Place => ({
  ...place,
  path: place.path ? `${place.path}.${key}` : key,
})

const tooMany = (place: Place, most: string) =>
  faultAt(place, {
    must: `stay within ${most}`,
    got: 'more',
    advice: 'Split the matcher, or use in with a list of values.',
  })

function faultAt({ path }: Place, found: { must: string; got: string; advice: string }): MatcherFault {
  const subject = path ? `\`${path}\`` : 'it'
  return { path, message: `Matcher: ${subject} must ${found.must}, got ${found.got}. ${found.advice}` }
}

/** Characters of a wrong value that a message repeats. */
const shownCharacters = 60

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  return JSON.stringify(value).slice(0, shownCharacters)
}

const isObject = (value: unknown): value is Keys =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
