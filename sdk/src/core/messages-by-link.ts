/** The errors of the script tag, where every byte counts: the code, what was found, and where to read the message. */
import type { messageOf as wholeMessageOf } from './messages.ts'
import { readable } from './readable.ts'

/** Has a heading for each code, which messages-by-link.test.ts checks. */
const page = 'sdk/ERRORS.md'

export const messageOf: typeof wholeMessageOf = (code, found) =>
  `${code}: ${readable(found)}, see ${page}#${code}`
