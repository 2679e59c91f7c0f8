/** Locks the persons whose conversions are about to be credited again. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { CustomerKey } from '../../identity/customer.ts'
import { ConflictError } from './conflict-error.ts'
import lockMembersSql from './sql/lock_members.sql?raw'
import selectMembersOfPersons from './sql/select_members_of_persons.sql?raw'

/** A customer of a person. */
export interface Member extends CustomerKey {
  /** The person: the id of its canonical customer. */
  personId: string
}

/**
 * Locks all customers of the persons that these customers belong to, and returns them. Throws a ConflictError when customers were
 * merged meanwhile.
 */
export async function lockMembers(tx: Queries, customers: readonly CustomerKey[]): Promise<Member[]> {
  const keys = inLockOrder(customers, ({ id }) => id)
  const [locked, members] = await Promise.all([
    runRows<{ id: string }, CustomerKey>(tx, memberLock, keys),
    runRows<MemberRow, CustomerKey>(tx, memberSelect, keys), // also sees what the awaited transactions committed
  ])
  const isLocked = new Set(locked.map(({ id }) => id))
  if (members.some(({ id }) => !isLocked.has(id)))
    throw new ConflictError('Customers were merged while their persons were being locked.')
  return members.map(({ website_id: websiteId, id, person_id: personId }) => ({ websiteId, id, personId }))
}

interface MemberRow {
  website_id: string
  id: string
  person_id: string
}

const keyColumns = {
  website_id: ({ websiteId }: CustomerKey) => websiteId,
  customer_id: ({ id }: CustomerKey) => id,
}
const memberLock = rowStatement<CustomerKey>(lockMembersSql, keyColumns)
const memberSelect = rowStatement<CustomerKey>(selectMembersOfPersons, keyColumns)
