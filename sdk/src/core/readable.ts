/** Shows a value that was passed to the SDK, for messages. */

/** Strings in quotes. */
export function readable(value: unknown): string {
  try {
    return typeof value === 'string' ? `'${value}'` : `${value}`
  } catch {
    return typeof value // symbols, and objects without a prototype, have no text
  }
}
