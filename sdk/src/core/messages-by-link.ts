/** The errors of the script tag, where every byte counts: the code, what was found, and where to read the message. */
import type { configError as wholeConfigError, messageOf as wholeMessageOf } from './messages.ts'
import { readable } from './readable.ts'

/** The page has a heading for each code, which messages-by-link.test.ts checks. */
const link = (code: string, found: string) => `${code}: ${found}, see sdk/ERRORS.md#${code}`

export const messageOf: typeof wholeMessageOf = (code, found) => link(code, readable(found))

export const configError: typeof wholeConfigError = (option, found) =>
  new Error(link('invalid_option', `\`${option}\` is ${readable(found)}`))
