/** The device's journal: texts in localStorage, and the visitor's id record in a cookie where one is used. */
import { createJournal } from '../core/journal.ts'
import type { Journal } from '../core/ports.ts'
import type { IdCookie } from './cookie.ts'

const idName = 'id'

/** `name` is that of the storage: two websites on one origin never mix. */
export function createDeviceJournal(name: string, cookie: IdCookie | undefined): Journal {
  const journal = createJournal(localTexts(), `${name}/`)
  if (!cookie) return journal
  const { read, write } = cookie
  return {
    read: (name) => (name === idName ? read() : journal.read(name)),
    write: (name, text) => (name === idName ? write(text) : journal.write(name, text)),
    names: () => [...(read() ? [idName] : []), ...journal.names()],
  }
}

function localTexts(): Record<string, string> | undefined {
  try {
    return localStorage ?? undefined // Android's WebView has null where it is switched off
  } catch {
    return undefined // forbidden: they last as long as the page
  }
}
