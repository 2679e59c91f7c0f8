/** What errors say in the script tag, where every byte counts: the code, what was found, and where the text is. */

import type { textOf as wholeTextOf } from './messages.ts'
import { readable } from './readable.ts'

/** Has a heading for each code: texts-by-link.test.ts sees to that. */
const page = 'sdk/ERRORS.md'

export const textOf: typeof wholeTextOf = (code, found) => `${code}: ${readable(found)}, see ${page}#${code}`
