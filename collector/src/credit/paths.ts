/** Loads the touches that may have led a customer to a conversion. */
import type { CreditTouch } from '@headwater/attribution/credit'
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Conversion } from './conversion.ts'
import selectTouches from './sql/select_touches.sql?raw'

/** How many of a customer's latest touches are loaded, besides the first one: a bound on the work. */
const touchesPerCustomer = 200

/** By customer id. */
export type Paths = Map<string, CreditTouch[]>

export async function loadPaths(tx: Queries, conversions: readonly Conversion[]): Promise<Paths> {
  const latest = new Map<string, Conversion>()
  for (const conversion of conversions) {
    const known = latest.get(conversion.customerId)
    if (!known || known.occurredAt < conversion.occurredAt) latest.set(conversion.customerId, conversion)
  }
  const paths: Paths = new Map([...latest.keys()].map((customerId) => [customerId, []]))
  const params = { limit: touchesPerCustomer }
  const rows = await runRows<TouchRow, Conversion, 'limit'>(tx, touchSelect, [...latest.values()], params)
  for (const { customer_id, id, at, is_direct } of rows)
    paths.get(customer_id)?.push({ id, at, isDirect: is_direct })
  return paths
}

export const pathOf = (paths: Paths, { customerId }: Conversion): CreditTouch[] => paths.get(customerId) ?? []

interface TouchRow {
  customer_id: string
  id: string
  at: number
  is_direct: boolean
}

const touchSelect = rowStatement<Conversion, 'limit'>(
  selectTouches,
  {
    website_id: ({ websiteId }) => websiteId,
    customer_id: ({ customerId }) => customerId,
    until: ({ occurredAt }) => occurredAt,
  },
  'limit',
)
