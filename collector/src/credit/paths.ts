/** Loads the touches that may have led a customer to a conversion. */
import type { CreditTouch } from '@headwater/attribution/credit'
import { toArrayLiteral, toInstant } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import type { Conversion } from './conversion.ts'
import selectTouches from './sql/select_touches.sql?raw'

/** The latest touches of a customer that share in a conversion; its first touch is known beside them. A bound on work, not on truth. */
const touchesPerCustomer = 200

export type Paths = Map<string, CreditTouch[]>

interface TouchRow {
  website_id: string
  customer_id: string
  id: string
  at: number
  is_direct: boolean
}

const nameOf = ({ websiteId, customerId }: Pick<Conversion, 'websiteId' | 'customerId'>) =>
  `${websiteId} ${customerId}`

/** By customer; their rows must be locked, so that of two groups one sees the other's touches. */
export async function loadPaths(tx: Queries, conversions: readonly Conversion[]): Promise<Paths> {
  const customers = new Map<string, Conversion>()
  for (const conversion of conversions) {
    const latest = customers.get(nameOf(conversion))
    if (!latest || latest.occurredAt < conversion.occurredAt) customers.set(nameOf(conversion), conversion)
  }
  const wanted = [...customers.values()]
  const paths: Paths = new Map(wanted.map((conversion) => [nameOf(conversion), []]))
  if (wanted.length === 0) return paths
  const rows = await tx.query<TouchRow>(selectTouches, [
    toArrayLiteral(wanted.map(({ websiteId }) => websiteId)),
    toArrayLiteral(wanted.map(({ customerId }) => customerId)),
    toArrayLiteral(wanted.map(({ occurredAt }) => toInstant(occurredAt))),
    touchesPerCustomer,
  ])
  for (const { website_id, customer_id, id, at, is_direct } of rows) {
    paths
      .get(nameOf({ websiteId: website_id, customerId: customer_id }))
      ?.push({ id, at, isDirect: is_direct })
  }
  return paths
}

export const pathOf = (paths: Paths, conversion: Conversion): CreditTouch[] =>
  paths.get(nameOf(conversion)) ?? [] // empty: no touches
