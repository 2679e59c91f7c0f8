/** Which events are new: their idempotency keys, judged within the group and claimed in the database. */
import type { Verdict } from '@headwater/contract'
import { type Columns, queryRows } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import { type IngestEvent, isRejected, type Judged } from '../event.ts'
import claimEventKeys from './sql/claim_event_keys.sql?raw'
import selectStoredKeys from './sql/select_stored_keys.sql?raw'

export type Verdicts = Map<Judged, Verdict>

interface Key {
  websiteId: string
  /** Undefined: it had none that could be read. */
  key: string | undefined
}

interface KeyRow {
  website_id: string
  idempotency_key: string
}

const keyOf = (event: Judged): Key => ({ websiteId: event.request.token.websiteId, key: event.key })
const nameOf = ({ websiteId, key }: Key) => `${websiteId} ${key}`
/** The same for two events exactly when one is a copy of the other. */
export const nameOfKey = (event: Judged): string => nameOf(keyOf(event))
const nameOfRow = (row: KeyRow) => nameOf({ websiteId: row.website_id, key: row.idempotency_key })

const keyColumns: Columns<Key> = {
  website_id: ({ websiteId }) => websiteId,
  idempotency_key: ({ key }) => key ?? null,
}

/**
 * Copies are judged in order: the first valid one is stored, later ones are duplicates. A rejected one uses up nothing,
 * and is a duplicate itself when its key is stored already: keys outlive their events, and so are looked up before age.
 */
export async function judgeKeys(tx: Queries, judged: Judged[]): Promise<Verdicts> {
  const keys = judged.filter(isRejected).map(keyOf)
  const stored = await queryRows<Key, KeyRow>(tx, { sql: selectStoredKeys, columns: keyColumns, rows: keys })
  const seen = new Set(stored.map(nameOfRow))
  const verdicts: Verdicts = new Map()
  for (const event of judged) {
    const name = nameOfKey(event)
    if (seen.has(name)) verdicts.set(event, 'duplicate')
    else verdicts.set(event, isRejected(event) ? 'rejected' : 'accepted')
    if (!isRejected(event)) seen.add(name)
  }
  return verdicts
}

/** The events whose key was free, with the id that came with it. Sorted, so that all groups wait in one order. */
export async function claimKeys(tx: Queries, events: IngestEvent[]): Promise<Map<IngestEvent, string>> {
  const keys = events.map(keyOf).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const claim = { sql: claimEventKeys, columns: keyColumns, rows: keys }
  const rows = await queryRows<Key, KeyRow & { event_id: string }>(tx, claim)
  const ids = new Map(rows.map((row) => [nameOfRow(row), row.event_id]))
  return new Map(
    events.flatMap((event) => {
      const id = ids.get(nameOfKey(event))
      return id === undefined ? [] : [[event, id] as const]
    }),
  )
}
