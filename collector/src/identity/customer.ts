/** Identities and customers, as the rules of identity see them. */

/** An identity of a website, by its hash: the raw value does not leave ingest's `enrich`. */
export interface IdentityRef {
  websiteId: string
  type: string
  hash: string
  key: IdentityKey
}

/** The natural key of an identity, unique across websites. */
export type IdentityKey = string

export function identityRef(websiteId: string, type: string, hash: string): IdentityRef {
  return { websiteId, type, hash, key: `${websiteId} ${type} ${hash}` }
}

/** The primary key of a customer. */
export interface CustomerKey {
  websiteId: string
  id: string
}

/** A customer, known from the database or opened by the group. */
export interface Customer extends CustomerKey {
  /** Its user id; null: anonymous so far. */
  user: IdentityKey | null
  firstSeenAt: number
  lastSeenAt: number
  emailHash: string | null
  /** Its links, ended ones included. */
  identityCount: number
  /** Merges that name it, undone ones included. */
  mergeCount: number
}

/** A customer without any history, as an event at this time opens it. */
export const newCustomer = ({ websiteId, id }: CustomerKey, at: number): Customer => ({
  id,
  websiteId,
  user: null,
  firstSeenAt: at,
  lastSeenAt: at,
  emailHash: null,
  identityCount: 0,
  mergeCount: 0,
})
