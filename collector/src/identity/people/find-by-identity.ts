/** Finds persons by an identity, given as the sender of events knows it. */
import { createHash } from 'node:crypto'
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { NotFoundError, OperationError } from '../../operation-error.ts'
import type { Secrets } from '../../secrets.ts'
import selectOwnersOfIdentity from './sql/select_owners_of_identity.sql?raw'

/** An identity in clear. `email` takes an address, any other type what the events carry. */
export interface ClearIdentity {
  websiteId: string
  type: string
  value: string
}

/** A person who has or had an identity. */
export interface IdentityOwner {
  /** Of the canonical customer. */
  customer_id: string
  since: Date
  /** Null: still. */
  until: Date | null
}

export interface OwnersOfIdentity {
  /** As stored. */
  valueHash: string
  /** The current owner first. */
  owners: IdentityOwner[]
  /** Events of this identity that occurred before are refused; null: its person was never erased. */
  erasedAt: Date | null
}

/** Everyone who has or had this identity; empty when it was never seen. */
export async function findOwners(
  queries: Queries,
  secrets: Secrets,
  identity: ClearIdentity,
): Promise<OwnersOfIdentity> {
  const { websiteId } = identity
  const { type, value } = asSent(identity)
  const valueHash = secrets.hashIdentity(websiteId, type, value)
  const params = { website_id: websiteId, type, value_hash: valueHash }
  const rows = await run<OwnerRow, keyof typeof params>(queries, ownerSelect, params)
  const owners = rows.flatMap(({ customer_id, since, until }) =>
    customer_id === null ? [] : [{ customer_id, since, until }],
  )
  return { valueHash, owners, erasedAt: rows[0]?.erased_at ?? null }
}

/** The person who has this identity now, or the only one who had it. Throws when there is none, or when several had it. */
export function onlyOwner({ owners, erasedAt }: OwnersOfIdentity): string {
  const [first, ...others] = owners
  if (!first) {
    throw new NotFoundError(
      erasedAt
        ? `The person with this identity was erased on ${erasedAt.toISOString()}. Nothing of theirs is stored.`
        : 'This website has no customer with this identity. Check the type and the value: user ids and cookies are compared exactly. With another HEADWATER_PEPPER than the collector’s, no identity is found.',
    )
  }
  if (first.until !== null && others.length > 0) {
    const ids = owners.map(({ customer_id }) => customer_id).join(', ')
    throw new OperationError(
      `Several customers had this identity, and none has it now: ${ids}. Name one of them by its id.`,
    )
  }
  return first.customer_id
}

/** The identity as events carry it: the SDK sends the SHA-256 of the trimmed, lower-cased address. */
function asSent({ type, value }: ClearIdentity): { type: string; value: string } {
  const trimmed = value.trim()
  if (type === 'email') return { type: 'email_hash', value: sha256(trimmed.toLowerCase()) }
  if (type === 'email_hash') return { type, value: trimmed.toLowerCase() }
  return { type: type === 'anonymous_id' ? 'cookie' : type, value: trimmed }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

interface OwnerRow {
  erased_at: Date | null
  /** Null, like `since`: no one has had it. */
  customer_id: string | null
  since: Date
  until: Date | null
}

const ownerSelect = statement(selectOwnersOfIdentity, 'website_id', 'type', 'value_hash')
