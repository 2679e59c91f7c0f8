/** Finds a person: the customers that are taken for one human being. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { NotFoundError } from '../../operation-error.ts'
import selectMembersOfPerson from './sql/select_members_of_person.sql?raw'

export interface Person {
  websiteId: string
  /** The id of its canonical customer. */
  id: string
  /** All its customers, the canonical one first. */
  customerIds: readonly string[]
}

/** The person that this customer is part of. Throws a NotFoundError when the website has no such customer. */
export async function findPerson(queries: Queries, websiteId: string, customerId: string): Promise<Person> {
  const params = { website_id: websiteId, customer_id: customerId }
  const rows = await run<{ id: string }, keyof typeof params>(queries, memberSelect, params)
  const [canonical] = rows
  if (!canonical)
    throw new NotFoundError(
      `This website has no customer ${customerId}. Find the customer by an identity, for example headwater customer show --website ${websiteId} --user <id>.`,
    )
  return { websiteId, id: canonical.id, customerIds: rows.map(({ id }) => id) }
}

/** The parameters of a statement that reads or deletes the rows of a person. */
export const paramsOf = ({ websiteId, customerIds }: Pick<Person, 'websiteId' | 'customerIds'>) => ({
  website_id: websiteId,
  customer_ids: `{${customerIds}}`,
})

const memberSelect = statement(selectMembersOfPerson, 'website_id', 'customer_id')
