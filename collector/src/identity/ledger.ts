/** The ownerships of identities that a group of events knows, and the book in which it notes what they change. */
import { maxIdentities, maxMerges } from './caps.ts'
import type { Customer, IdentityKey } from './customer.ts'
import type { MergeCause } from './persons.ts'

/** That a customer owned an identity, until `endedAt`; null: still the owner. One of zero length only says that it showed it. */
export interface Ownership {
  /** Of its row; undefined: these events began it. */
  id?: string
  customer: Customer
  startedAt: number
  endedAt: number | null
  /** 1: no other customer shows the identity; less: disputed. */
  confidence: number
}

/** The known ownerships of each identity. */
export type Ledger = Map<IdentityKey, Ownership[]>

/** An ownership that these events began, and may have ended. */
export interface NewOwnership extends Ownership {
  identity: IdentityKey
}

/** That an event shows two customers to be one person. */
export interface SeenMerge {
  from: Customer
  into: Customer
  cause: Exclude<MergeCause, 'manual'>
  eventId: string
}

/** Evidence on which the rules do not act. */
export interface SeenConflict {
  kind: 'shared_email' | 'two_user_ids' | 'too_many_merges' | 'too_many_identities'
  customer: Customer
  other?: Customer
  identity?: IdentityKey
}

export interface Changes {
  links: NewOwnership[]
  /** Known ownerships whose times moved. */
  moved: Set<Ownership>
  merges: SeenMerge[]
  conflicts: SeenConflict[]
}

/** The time at which an ownership ends. */
export const until = ({ endedAt }: Ownership): number => endedAt ?? Number.POSITIVE_INFINITY

const isEarlier = (one: Ownership, other: Ownership): boolean =>
  until(one) < until(other) || (until(one) === until(other) && one.startedAt <= other.startedAt)

export type Book = ReturnType<typeof openBook>

/** The ledger with the operations on it, which update it and collect the changes. */
export function openBook(ledger: Ledger) {
  const none: readonly Ownership[] = []
  const changes: Changes = { links: [], moved: new Set(), merges: [], conflicts: [] }
  const ownershipsOf = (identity: IdentityKey) => ledger.get(identity) ?? none

  return {
    changes,
    ownershipsOf,
    hasHadOwner: (identity: IdentityKey) => ownershipsOf(identity).length > 0,
    ownerNow: (identity: IdentityKey) =>
      ownershipsOf(identity).find(({ endedAt }) => endedAt === null)?.customer,
    /** The ownership at that time, else the next one. */
    ownershipAt(identity: IdentityKey, at: number): Ownership | undefined {
      let found: Ownership | undefined
      for (const ownership of ownershipsOf(identity))
        if (until(ownership) > at && !(found && isEarlier(found, ownership))) found = ownership
      return found
    },
    /** Begins an ownership, unless the customer has too many identities, which is a conflict. A user id always fits. */
    link(identity: IdentityKey, { customer, startedAt, endedAt = null, confidence = 1 }: NewLink): boolean {
      if (customer.identityCount >= maxIdentities && identity !== customer.user) {
        changes.conflicts.push({ kind: 'too_many_identities', customer })
        return false
      }
      const ownership = { identity, customer, startedAt, endedAt, confidence }
      const former = ledger.get(identity)
      if (former) former.push(ownership)
      else ledger.set(identity, [ownership])
      changes.links.push(ownership)
      customer.identityCount += 1
      return true
    },
    move(ownership: Ownership, times: Partial<Pick<Ownership, 'startedAt' | 'endedAt'>>): void {
      Object.assign(ownership, times)
      if (ownership.id !== undefined) changes.moved.add(ownership)
    },
    /** Reports a merge, unless one of the customers has too many, which is a conflict. */
    merge(merge: SeenMerge): boolean {
      const full = [merge.into, merge.from].find(({ mergeCount }) => mergeCount >= maxMerges)
      if (full) {
        changes.conflicts.push({ kind: 'too_many_merges', customer: full })
        return false
      }
      changes.merges.push(merge)
      for (const customer of [merge.from, merge.into]) customer.mergeCount += 1
      return true
    },
    conflict(conflict: SeenConflict): void {
      changes.conflicts.push(conflict)
    },
  }
}

interface NewLink {
  customer: Customer
  startedAt: number
  endedAt?: number | null
  confidence?: number
}
