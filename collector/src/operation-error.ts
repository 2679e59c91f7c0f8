/** Validates the input of an operation, and the error for input that cannot be used. */
import type { z } from 'zod'

/** An operation cannot run with this input; the message says what to do. */
export class OperationError extends Error {
  override name = 'OperationError'
}

/** What an operation is about does not exist. */
export class NotFoundError extends OperationError {
  override name = 'NotFoundError'
}

/** Parses the input. Throws an OperationError with one line per wrong option. */
export function readInput<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(
    ({ path, message }) => `--${String(path[0] ?? '').replaceAll('_', '-')} ${message}`,
  )
  throw new OperationError(lines.join('\n'))
}
