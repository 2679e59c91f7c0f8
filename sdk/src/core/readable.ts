/** Shows a value that was passed to the SDK, for messages. */

/** Strings in quotes; of a token, only the part that is not secret. */
export function readable(value: unknown): string {
  try {
    return typeof value === 'string' ? `'${value.replace(/(hw_\w{3}_.{8}_).+/, '$1…')}'` : `${value}`
  } catch {
    return typeof value // symbols, and objects without a prototype, have no text
  }
}
