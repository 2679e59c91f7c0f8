/**
 * Decides which customer owns each event, without I/O. Takes what the database knows about the identities of a group, updates
 * it, and returns an owner for each event with the resulting changes. The kind of an identity decides, not which rows happen to
 * exist: a user id belongs to one person permanently, a cookie to one person at a time, anything else is evidence. Merges are
 * only reported here: who is one person does not change who owns an event, so a merge can be undone.
 */
import { maxDisputes } from './caps.ts'
import type { Customer, IdentityKey } from './customer.ts'
import { type Book, type Changes, type Ledger, type Ownership, openBook, until } from './ledger.ts'

export { type Customer, type IdentityKey, type IdentityRef, identityRef } from './customer.ts'
export type { Ledger, NewOwnership, Ownership } from './ledger.ts'

/** What an event says about its owner. */
export interface Claim {
  websiteId: string
  eventId: string
  occurredAt: number
  cookie?: IdentityKey
  user?: IdentityKey
  /** E-mail hashes and the website's own kinds. */
  others: readonly IdentityKey[]
  /** Those of the others that are e-mail hashes. */
  emails: readonly IdentityKey[]
  emailHash?: string
  /** Came with a secret token: what it says is the website's own word. */
  isTrusted: boolean
}

export interface Resolution extends Changes {
  /** In the order of the claims. */
  owners: Customer[]
}

/** Creates the customer of a claim without an owner. */
type Open = (claim: Claim) => Customer

/** Resolves claims in the order in which they happened. */
export function resolveOwners(claims: readonly Claim[], ledger: Ledger, open: Open): Resolution {
  const book = openBook(ledger)
  const owners: Customer[] = new Array(claims.length)
  const chronological = claims
    .map((claim, index) => ({ claim, index }))
    .sort((a, b) => a.claim.occurredAt - b.claim.occurredAt)
  for (const { claim, index } of chronological) {
    const owner = findOwner(claim, book) ?? open(claim)
    if (claim.user !== undefined) identify(claim, claim.user, { owner, book })
    linkCookie(claim, owner, book)
    showOthers(claim, owner, book)
    updateCustomer(owner, claim)
    owners[index] = owner
  }
  return { owners, ...book.changes }
}

// ---- whose event it is

/** The customer with this user id, else of the cookie, else of another identity. */
function findOwner(claim: Claim, book: Book): Customer | undefined {
  const { cookie, user, others, occurredAt } = claim
  if (user !== undefined) return book.ownerNow(user) ?? anonymousVisit(claim, book)?.customer
  if (cookie !== undefined) return book.ownershipAt(cookie, occurredAt)?.customer
  return others.map(book.ownerNow).find((owner) => owner !== undefined)
}

/** The ownership of the cookie by an anonymous customer then. A shared device has none. */
function anonymousVisit({ cookie, occurredAt }: Claim, book: Book): Ownership | undefined {
  if (cookie === undefined || isShared(cookie, occurredAt, book)) return undefined
  const ownership = book.ownershipAt(cookie, occurredAt)
  return ownership?.customer.user === null ? ownership : undefined
}

/** Whether the cookie had been of a known customer, and then of another. */
const isShared = (cookie: IdentityKey, at: number, book: Book): boolean =>
  book.ownershipsOf(cookie).some((ownership) => ownership.customer.user !== null && until(ownership) <= at)

// ---- what a user id says

interface Owned {
  owner: Customer
  book: Book
}

/** An owner without a user id becomes the known customer, with its history. A known one takes over the cookie. */
function identify(claim: Claim, user: IdentityKey, { owner, book }: Owned): void {
  if (owner.user === null) {
    owner.user = user
    book.link(user, { customer: owner, startedAt: claim.occurredAt })
  } else signIn(claim, owner, book)
  keepApart(claim, owner, book)
}

/** From now on an anonymous customer's cookie is that of the person who signs in; what came before stays its own, merged. */
function signIn(claim: Claim, into: Customer, book: Book): void {
  const { cookie, occurredAt: at, eventId } = claim
  const visit = anonymousVisit(claim, book)
  if (cookie === undefined || !visit) return
  const { customer: from, startedAt, endedAt } = visit
  const next = book.ownershipsOf(cookie).find((one) => one.customer === into && one.startedAt === endedAt)
  if (next) book.move(next, { startedAt: at })
  else if (!book.link(cookie, { customer: into, startedAt: at, endedAt })) return
  book.move(visit, { startedAt: Math.min(startedAt, at), endedAt: at })
  book.merge({ from, into, cause: 'sign_in', eventId })
}

/**
 * Once two known customers have used a cookie, its device is shared: neither owns it, and what it does anonymously belongs to
 * neither. This holds in whatever order their events arrive.
 */
function keepApart({ cookie, occurredAt: at }: Claim, owner: Customer, book: Book): void {
  if (cookie === undefined) return
  const ownerships = book.ownershipsOf(cookie)
  const [first, ...more] = ownerships.filter(({ customer }) => customer.user !== null && customer !== owner)
  if (!first) return
  const isOnlyLater = more.length === 0 && first.startedAt > at
  const isNew = ownerships.every(({ customer }) => customer !== owner)
  if (isOnlyLater && isNew) book.link(cookie, { customer: owner, startedAt: at, endedAt: first.startedAt })
  const current = ownerships.find(({ endedAt }) => endedAt === null)
  if (!current || current.customer.user === null) return
  book.move(current, { endedAt: Math.max(current.startedAt, at) })
  book.conflict({ kind: 'two_user_ids', customer: owner, other: first.customer, identity: cookie })
}

// ---- what else an event shows

/** A cookie that never had an owner gets one, and so does one that its known owners have left. */
function linkCookie({ cookie, user, occurredAt }: Claim, owner: Customer, book: Book): void {
  if (cookie === undefined) return
  const isFree = user === undefined ? !book.ownershipAt(cookie, occurredAt) : !book.hasHadOwner(cookie)
  if (isFree) book.link(cookie, { customer: owner, startedAt: occurredAt })
}

/** Other identities never move: the first customer who shows one keeps it. */
function showOthers(claim: Claim, owner: Customer, book: Book): void {
  const { cookie, others, emails, occurredAt } = claim
  if (others.length === 0) return
  const isNobody = owner.user === null && cookie !== undefined && isShared(cookie, occurredAt, book)
  if (isNobody) return
  for (const identity of others) {
    if (!book.hasHadOwner(identity)) book.link(identity, { customer: owner, startedAt: occurredAt })
    else if (emails.includes(identity)) showEmail(identity, claim, { owner, book })
  }
}

/** An e-mail that a customer shows for the first time, and others before it. */
function showEmail(email: IdentityKey, claim: Claim, { owner, book }: Owned): void {
  const shown = book.ownershipsOf(email)
  if (shown.some(({ customer }) => customer === owner)) return
  const disputes = shown.filter(({ confidence }) => confidence < 1).length
  const known = new Set([owner, ...shown.map(({ customer }) => customer)].filter(({ user }) => user !== null))
  const isOnePersons = disputes === 0 && known.size <= 1
  const isProven = claim.user !== undefined || claim.isTrusted
  const other = otherThan(owner, shown)
  const { occurredAt: at, eventId } = claim
  const shows = { customer: owner, startedAt: at, endedAt: at }
  if (isOnePersons && isProven) {
    if (!book.link(email, shows)) return
    const [from, into] = owner.user === null ? [owner, other] : [other, owner]
    book.merge({ from, into, cause: 'email_hash', eventId })
  } else if (disputes < maxDisputes && book.link(email, { ...shows, confidence: disputed })) {
    book.conflict({ kind: 'shared_email', customer: owner, other, identity: email })
  }
}

/** How sure a link is that others contradict: a guess, only ever compared with 1. */
const disputed = 0.5

/** Whoever has shown the e-mail: the known customer among them, else the first one. */
function otherThan(owner: Customer, shown: readonly Ownership[]): Customer {
  const customers = shown.map(({ customer }) => customer)
  return customers.find(({ user }) => user !== null) ?? customers[0] ?? owner
}

function updateCustomer(customer: Customer, claim: Claim): void {
  customer.firstSeenAt = Math.min(customer.firstSeenAt, claim.occurredAt)
  customer.lastSeenAt = Math.max(customer.lastSeenAt, claim.occurredAt)
  customer.emailHash ??= claim.emailHash ?? null
}
