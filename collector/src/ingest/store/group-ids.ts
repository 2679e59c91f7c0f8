/** The ids for a group's new rows, reserved before its transaction because they come over another connection. */
import type { Queries } from '@headwater/db/db'
import { createRowIds } from '@headwater/db/row-ids'
import type { IngestEvent } from '../event.ts'

export interface GroupIds {
  event(): string
  customer(): string
  session(): string
  /** Returns unused ids, for other groups. */
  release(): void
}

/** Reserves the ids that the rows of these events may need. */
export type ReserveIds = (events: readonly IngestEvent[]) => Promise<GroupIds>

/** The increments of the sequences, as in schema.sql. */
const blockSizes = { events: 1_000, customers: 100, sessions_tracking: 100 }

export function createReserveIds(db: Queries): ReserveIds {
  const idsOf = (table: keyof typeof blockSizes) => createRowIds(db, `${table}_id_seq`, blockSizes[table])
  const [events, customers, sessions] = [idsOf('events'), idsOf('customers'), idsOf('sessions_tracking')]

  return async (group) => {
    const earlier = group.reduce((sum, { earlierTouches }) => sum + earlierTouches.length, 0)
    const reserved = await Promise.all([
      events.reserve(group.length),
      customers.reserve(group.length),
      sessions.reserve(group.length + earlier),
    ])
    const [event, customer, session] = reserved
    return {
      event: event.next,
      customer: customer.next,
      session: session.next,
      release() {
        for (const each of reserved) each.release()
      },
    }
  }
}
