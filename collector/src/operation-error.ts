/** Validates the input of an operation, and the error for input that cannot be used. */
import type { z } from 'zod'

/** An operation cannot run with this input; the message says what to do. */
export class OperationError extends Error {
  override name = 'OperationError'
}

/** What the input names does not exist. */
export class NotFoundError extends OperationError {
  override name = 'NotFoundError'
}

/** Parses the input. Throws an OperationError with one line per wrong option. */
export function readInput<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  // PostgreSQL cannot store it, and no option has a use for it.
  if (hasNull(input)) throw new OperationError('The input must not contain U+0000.')
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(
    ({ path, message }) => `--${String(path[0] ?? '').replaceAll('_', '-')} ${message}`,
  )
  throw new OperationError(lines.join('\n'))
}

function hasNull(input: unknown): boolean {
  try {
    return JSON.stringify(input)?.includes('\\u0000') ?? false
  } catch {
    return false // nested too deep to be written; the schema refuses it
  }
}
