/**
 * Decides which customer owns each event, without I/O. Takes what the database knows about the identities of a group, updates
 * it, and returns an owner for each event with the resulting changes. The kind of an identity decides, not which rows happen to
 * exist: a user id belongs to one person permanently, a cookie to one person at a time, anything else is evidence.
 */

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

/** What an event says about its owner. */
export interface Claim {
  websiteId: string
  occurredAt: number
  cookie?: IdentityKey
  user?: IdentityKey
  others: IdentityKey[]
  emailHash?: string
}

/** A customer, known from the database or opened here. */
export interface Customer {
  id: string
  websiteId: string
  /** Its user id; null: anonymous so far. */
  user: IdentityKey | null
  firstSeenAt: number
  lastSeenAt: number
  emailHash: string | null
}

/** One owner of an identity, until `endedAt`; null: still the owner. */
export interface Ownership {
  customer: Customer
  startedAt: number
  endedAt: number | null
}

/** An ownership that these claims began, and may have ended. */
export interface NewOwnership extends Ownership {
  identity: IdentityKey
}

/** The known ownerships of each identity; `resolveOwners` updates it. */
export type Ledger = Map<IdentityKey, Ownership[]>

export interface Resolution {
  /** In the order of the claims. */
  owners: Customer[]
  links: NewOwnership[]
  /** Known ownerships that these claims ended. */
  endings: { identity: IdentityKey; customer: Customer; at: number }[]
}

/** Resolves claims in the order in which they happened. `open` creates a customer. */
export function resolveOwners(
  claims: readonly Claim[],
  ledger: Ledger,
  open: (claim: Claim) => Customer,
): Resolution {
  const resolution: Resolution = { owners: new Array(claims.length), links: [], endings: [] }
  const book = openBook(ledger, resolution, open)
  const chronological = claims
    .map((claim, index) => ({ claim, index }))
    .sort((a, b) => a.claim.occurredAt - b.claim.occurredAt)
  for (const { claim, index } of chronological) {
    const owner =
      claim.user === undefined ? ownerOfVisitor(claim, book) : ownerOfUser(claim, claim.user, book)
    linkNewIdentities(claim, owner, book)
    updateCustomer(owner, claim)
    resolution.owners[index] = owner
  }
  return resolution
}

type Book = ReturnType<typeof openBook>

/** The ledger with the operations on it. */
function openBook(ledger: Ledger, resolution: Resolution, open: (claim: Claim) => Customer) {
  const none: Ownership[] = []
  const ownershipsOf = (identity: IdentityKey) => ledger.get(identity) ?? none
  const until = ({ endedAt }: Ownership) => endedAt ?? Number.POSITIVE_INFINITY
  return {
    open,
    hasHadOwner: (identity: IdentityKey) => ownershipsOf(identity).length > 0,
    ownerNow: (identity: IdentityKey) =>
      ownershipsOf(identity).find(({ endedAt }) => endedAt === null)?.customer,
    /** The ownership at that time, else the next one. */
    ownershipAt(identity: IdentityKey, at: number): Ownership | undefined {
      let found: Ownership | undefined
      for (const ownership of ownershipsOf(identity))
        if (until(ownership) > at && !(found && until(found) <= until(ownership))) found = ownership
      return found
    },
    /** Whether an ownership had ended by then. */
    wasShared: (identity: IdentityKey, at: number) =>
      ownershipsOf(identity).some((ownership) => until(ownership) <= at),
    link(identity: IdentityKey, customer: Customer, startedAt: number) {
      const ownership = { identity, customer, startedAt, endedAt: null }
      ledger.set(identity, [...ownershipsOf(identity), ownership])
      resolution.links.push(ownership)
    },
    end(identity: IdentityKey, ownership: Ownership, at: number) {
      ownership.endedAt = at
      const isNew = resolution.links.some((link) => link === ownership)
      if (!isNew) resolution.endings.push({ identity, customer: ownership.customer, at })
    },
  }
}

/** The customer with this user id; if the id is new, the anonymous customer of the cookie becomes that customer. */
function ownerOfUser(claim: Claim, user: IdentityKey, book: Book): Customer {
  const person = book.ownerNow(user)
  const visitor = visitorOf(claim, user, book)
  if (person) return person

  const owner = visitor ?? book.open(claim)
  owner.user = user
  book.link(user, owner, claim.occurredAt)
  return owner
}

/** The anonymous customer who owned the cookie then. If it was another person's, the device is shared: ends that ownership. */
function visitorOf({ cookie, occurredAt }: Claim, user: IdentityKey, book: Book): Customer | undefined {
  const ownership = cookie === undefined ? undefined : book.ownershipAt(cookie, occurredAt)
  if (cookie === undefined || !ownership) return undefined
  const { customer, startedAt, endedAt } = ownership
  const hasBegun = startedAt <= occurredAt
  // From now on the anonymous events of a shared device belong to no known customer.
  const isOfOther = customer.user !== null && customer.user !== user
  if (isOfOther && hasBegun && endedAt === null) book.end(cookie, ownership, occurredAt)
  // An anonymous customer who first used a shared device later is another person.
  const isAnotherPerson = !hasBegun && book.wasShared(cookie, occurredAt)
  return customer.user === null && !isAnotherPerson ? customer : undefined
}

/** The owner of the cookie at that time; without a cookie, the owner of another identity; else a new customer. */
function ownerOfVisitor(claim: Claim, book: Book): Customer {
  if (claim.cookie) {
    const known = book.ownershipAt(claim.cookie, claim.occurredAt)?.customer
    if (known) return known
    const owner = book.open(claim)
    book.link(claim.cookie, owner, claim.occurredAt)
    return owner
  }
  const known = claim.others.map(book.ownerNow).find((owner) => owner !== undefined)
  return known ?? book.open(claim)
}

/** Links identities that never had an owner to this customer; others keep their history. */
function linkNewIdentities(claim: Claim, owner: Customer, book: Book): void {
  for (const identity of claim.cookie ? [claim.cookie, ...claim.others] : claim.others) {
    if (!book.hasHadOwner(identity)) book.link(identity, owner, claim.occurredAt)
  }
}

function updateCustomer(customer: Customer, claim: Claim): void {
  customer.firstSeenAt = Math.min(customer.firstSeenAt, claim.occurredAt)
  customer.lastSeenAt = Math.max(customer.lastSeenAt, claim.occurredAt)
  customer.emailHash ??= claim.emailHash ?? null
}
