/** An operation that cannot be carried out as it was given, and how its input is checked. */
import type { z } from 'zod'

/** The command cannot be carried out as it was given; the message says what to do. */
export class OperationError extends Error {
  override name = 'OperationError'
}

/** The input as the schema reads it. Throws an OperationError with one line for each wrong option. */
export function readInput<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(
    ({ path, message }) => `--${String(path[0] ?? '').replaceAll('_', '-')} ${message}`,
  )
  throw new OperationError(lines.join('\n'))
}
