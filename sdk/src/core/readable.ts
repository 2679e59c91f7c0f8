/** How a value that somebody passed looks in a message. */

/** Strings in quotes; of a token only the part that is no secret. */
export function readable(value: unknown): string {
  try {
    return typeof value === 'string' ? `'${value.replace(/(hw_\w{3}_.{8}_).+/, '$1…')}'` : `${value}`
  } catch {
    return typeof value // symbols, and objects without a prototype, cannot be made text
  }
}
