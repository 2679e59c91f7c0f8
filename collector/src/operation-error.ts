/** Validates the input of an operation, and the errors for input that cannot be used. */
import { z } from 'zod'

/** An operation cannot run with this input; the message says what to do. */
export class OperationError extends Error {
  override name = 'OperationError'
}

/** What the input names does not exist. */
export class NotFoundError extends OperationError {
  override name = 'NotFoundError'
}

/** What is wrong with a field of the input. */
export interface InputProblem {
  /** As JSON spells it; empty: the input as a whole. */
  field: string
  /** What follows the name of the field: what it must be, and what was found. */
  message: string
}

/**
 * Fields of the input cannot be used. The message names them as JSON spells them; the command line writes the problems again with
 * what was typed there.
 */
export class InputError extends OperationError {
  override name = 'InputError'
  constructor(readonly problems: readonly InputProblem[]) {
    super(problems.map(({ field, message }) => (field ? `\`${field}\` ${message}` : message)).join('\n'))
  }
}

/** Parses the input. Throws an InputError with one problem per wrong field. */
export function readInput<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  // PostgreSQL cannot store it, and no field has a use for it.
  if (hasNull(input)) throw new OperationError('The input must not contain U+0000. Remove it.')
  const parsed = schema.safeParse(input, { error: messageOf, reportInput: true })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, fieldsOf(schema)))
  throw new InputError([...new Map(problems.map((each) => [each.field + each.message, each])).values()])
}

function problemsOf(issue: z.core.$ZodIssue, fields: readonly string[]): InputProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = fields.length > 0 ? ` Use ${fields.join(', ')}.` : ' Leave it out.'
    return issue.keys.map((field) => ({ field, message: `is not known here.${known}` }))
  }
  const field = issue.path.filter((part) => typeof part === 'string').join('.')
  return [{ field, message: withFound(issue.message, issue.input) }]
}

/** Many messages say themselves what was found. */
function withFound(message: string, input: unknown): string {
  if (message.includes(' got ') || message.startsWith('is ')) return message
  const text = input === undefined ? 'nothing' : textOf(input)
  const shown = text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
  return `${message.replace(/\.$/, '')}. Got ${shown}.`
}

/** Of a caller: the website is the token's, or named by an option of every command. */
const fieldsOf = (schema: z.ZodType): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape).filter((name) => name !== 'website') : []

/** For schemas that have no message of their own. */
function messageOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type')
    return typeTexts[issue.expected] ?? `must be of the type ${issue.expected}`
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`
  if (issue.code === 'too_big') return sizeText(issue.origin, `at most ${issue.maximum}`)
  if (issue.code === 'too_small') return sizeText(issue.origin, `at least ${issue.minimum}`)
  return 'cannot be used'
}

function sizeText(origin: string, size: string): string {
  if (origin === 'string') return `must have ${size} characters`
  return origin === 'array' ? `must have ${size} items` : `must be ${size}`
}

const typeTexts: Record<string, string> = {
  string: 'must be a text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
}

const shownLength = 60

function textOf(input: unknown): string {
  try {
    return JSON.stringify(input) ?? String(input)
  } catch {
    return 'something that nests too deeply'
  }
}

function hasNull(input: unknown): boolean {
  try {
    return JSON.stringify(input)?.includes('\\u0000') ?? false
  } catch {
    return false // nested too deep to be written; the schema refuses it
  }
}
