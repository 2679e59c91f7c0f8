/** Resolves the customers of a group's events from what the database knows. */
import { type Customer, newCustomer } from './customer.ts'
import type { IdentifiedEvent, KnownCustomers } from './load-customers.ts'
import { type Claim, type Resolution, resolveOwners } from './resolve.ts'

/** An event that will be stored. */
export interface Claimant extends IdentifiedEvent {
  websiteId: string
  eventId: string
  /** Whether it came with a secret token. */
  isTrusted: boolean
}

/** A resolution, to be saved. */
export interface ResolvedCustomers extends Resolution {
  opened: Customer[]
  /** Known customers whose rows change. */
  changed: Customer[]
  /** Those of them who have merges and got their user id here, so that it may part them from others. */
  named: Customer[]
}

/** Resolves the customer of each event; `newId` supplies the ids of new customers. Requires `lockIdentities` first. */
export function resolveCustomers(
  events: readonly Claimant[],
  known: KnownCustomers,
  newId: () => string,
): ResolvedCustomers {
  const opened: Customer[] = []
  const resolution = resolveOwners(events.map(toClaim), known.ledger, ({ websiteId, occurredAt }) => {
    const customer = newCustomer({ websiteId, id: newId() }, occurredAt)
    opened.push(customer)
    return customer
  })
  const changed = [...known.before].filter(([now, old]) => hasChanged(now, old))
  const named = changed.filter(([now, old]) => now.user !== old.user && old.mergeCount > 0)
  return {
    ...resolution,
    opened,
    changed: changed.map(([customer]) => customer),
    named: named.map(([customer]) => customer),
  }
}

function toClaim({ cookie, user, others, ...event }: Claimant): Claim {
  return {
    ...event,
    cookie: cookie?.key,
    user: user?.key,
    others: others.map(({ key }) => key),
    emails: others.filter(({ type }) => type === 'email_hash').map(({ key }) => key),
  }
}

const hourMs = 3_600_000

/** Whether the row of a customer needs an update; `last_seen_at` alone advances at most hourly. */
function hasChanged(now: Customer, old: Customer): boolean {
  return (
    now.user !== old.user ||
    now.emailHash !== old.emailHash ||
    now.identityCount !== old.identityCount ||
    now.firstSeenAt < old.firstSeenAt ||
    now.lastSeenAt > old.lastSeenAt + hourMs
  )
}
