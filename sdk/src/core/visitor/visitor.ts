/** Who the visitor is, as far as this page knows without waiting for storage. */
import type { Parts } from '../parts.ts'
import type { Settled, State } from '../records.ts'
import type { Entry } from './draft.ts'
import { formatIdRecord, withIdRecord } from './id-record.ts'
import { settle } from './state.ts'

export interface Visitor {
  /** The state of this page's last write; undefined before it. */
  known(): State | undefined
  /** Assigns calls their visitor and session, starting from this state and from the id record. */
  settle(state: State | undefined, entries: readonly Entry[]): Settled
  /**
   * The visitor after these calls, as the next event will have it; undefined on a device without a visitor. Has no session
   * before this page's first write, which may find another one, nor after the session is over.
   */
  current(entries: readonly Entry[]): State | undefined
  /** This state is in storage now; the id record follows. */
  remember(state: State): void
  /**
   * The page may be going with these calls unwritten. Settles them from memory, and puts a new visitor on record for the
   * next page, perhaps on another subdomain. Forgets a visitor whose id record another page has deleted.
   */
  leave(unwritten: readonly Entry[]): Settled
  forget(): void
}

export function createVisitor({ syncStorage, ids, clock, settings }: Parts): Visitor {
  const name = 'id'
  let state: State | undefined
  let newId = ids.uuid() // for a device that knows no visitor
  let isOnRecord = false // the device kept the id record that this page wrote
  let replaced: { was: string | undefined; by: string } | undefined // the id record, by a page that was leaving

  // A page that stayed after all starts its first write where it started before it seemed to leave.
  function idRecord(): string | undefined {
    const record = syncStorage.read(name)
    return replaced && record === replaced.by ? replaced.was : record
  }

  const settleFrom: Visitor['settle'] = (stored, entries) =>
    settle(withIdRecord(stored, idRecord()), entries, { newId, rules: settings })

  return {
    known: () => state,
    settle: settleFrom,
    current(entries) {
      const current = settleFrom(state, entries).state
      if (current.anonymousId === newId) return undefined
      const isOpen = state && clock.now() - current.seenAt <= settings.idleMs
      return isOpen ? current : { ...current, session: undefined }
    },
    remember(written) {
      state = written
      newId = ids.uuid() // a visitor who was forgotten by another page does not come back
      replaced = undefined
      syncStorage.write(name, formatIdRecord(state))
      isOnRecord = syncStorage.read(name) !== undefined
    },
    leave(unwritten) {
      if (isOnRecord && syncStorage.read(name) === undefined) state = undefined
      const settled = settleFrom(state, unwritten)
      if (unwritten.length > 0 && settled.state.anonymousId !== state?.anonymousId) {
        replaced = { was: idRecord(), by: formatIdRecord(settled.state) }
        syncStorage.write(name, replaced.by)
      }
      return settled
    },
    forget() {
      state = undefined
      replaced = undefined
      newId = ids.uuid()
    },
  }
}
