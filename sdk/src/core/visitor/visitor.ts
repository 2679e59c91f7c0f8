/** Who the visitor is, as far as this page knows without waiting for storage. */
import type { Parts } from '../parts.ts'
import type { Settled, State } from '../records.ts'
import type { Entry } from './draft.ts'
import { formatIdRecord, withIdRecord } from './id-record.ts'
import { settle } from './state.ts'

export interface Visitor {
  /** The state of this page's last write; undefined before it. */
  known(): State | undefined
  /** Gives calls their visitor and session, starting from what is stored and from the id record. */
  settle(stored: State | undefined, entries: readonly Entry[]): Settled
  /** This state is in storage now; the id record follows. */
  remember(state: State): void
  /** Whether another page has deleted the id record that this page wrote. This page then forgets the visitor too. */
  wasForgottenElsewhere(): boolean
  /** The page may be going before this state is in storage: the next page, perhaps on another subdomain, finds it in the id record. */
  leave(unwritten: State): void
  forget(): void
}

export function createVisitor({ syncStorage, ids, settings }: Parts): Visitor {
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

  return {
    known: () => state,
    settle: (stored, entries) =>
      settle(withIdRecord(stored, idRecord()), entries, { newId, rules: settings.sessionRules }),
    remember(written) {
      state = written
      newId = ids.uuid() // a visitor whom another page forgets does not come back
      replaced = undefined
      syncStorage.write(name, formatIdRecord(state))
      isOnRecord = syncStorage.read(name) !== undefined
    },
    wasForgottenElsewhere() {
      const isForgotten = isOnRecord && syncStorage.read(name) === undefined
      if (isForgotten) state = undefined
      return isForgotten
    },
    leave(unwritten) {
      if (state) return
      replaced = { was: idRecord(), by: formatIdRecord(unwritten) }
      syncStorage.write(name, replaced.by)
    },
    forget() {
      state = undefined
      replaced = undefined
      newId = ids.uuid()
    },
  }
}
