/** Step 6, to rows: customers, named by those who are about to write to them. */
import type { Columns } from '@headwater/db/columns'

export interface CustomerRow {
  website_id: string
  customer_id: string
}

export const customerColumns: Columns<CustomerRow> = {
  website_id: (row) => row.website_id,
  customer_id: (row) => row.customer_id,
}

/** Each customer once. */
export function once(rows: CustomerRow[]): CustomerRow[] {
  return [...new Map(rows.map((row) => [`${row.website_id} ${row.customer_id}`, row])).values()]
}
