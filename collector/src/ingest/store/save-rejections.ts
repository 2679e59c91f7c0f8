/** Keeps rejected events for a limited time, encrypted, as rows of `rejected_events`. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Secrets } from '../../secrets.ts'
import type { RejectedEvent } from '../event.ts'
import upsertRejectedEvents from './sql/upsert_rejected_events.sql?raw'

/** Of several copies of one key, the last is kept: a statement can write a row only once. */
export async function saveRejections(
  tx: Queries,
  rejected: readonly RejectedEvent[],
  secrets: Secrets,
): Promise<void> {
  if (rejected.length === 0) return
  const rows = inLockOrder(rejected, nameOf, (_, next) => next)
  await runRows<never, Row, 'empty_payload'>(
    tx,
    rejectionUpsert,
    rows.map((event) => ({ ...event, encrypted: secrets.encrypt(event.payload) })),
    { empty_payload: byteaOf(secrets.encrypt('{}')) },
  )
}

const nameOf = ({ request, index, key }: RejectedEvent) =>
  `${request.token.websiteId} ${key ?? `${request.id} ${index}`}`

const byteaOf = (bytes: Buffer) => `\\x${bytes.toString('hex')}`

type Row = RejectedEvent & { encrypted: Buffer }

const rejectionUpsert = rowStatement<Row, 'empty_payload'>(
  upsertRejectedEvents,
  {
    website_id: ({ request }) => request.token.websiteId,
    ingestion_token_id: ({ request }) => request.token.id,
    idempotency_key: ({ key }) => key ?? null,
    received_at: ({ request }) => request.receivedAt,
    request_id: ({ request }) => request.id,
    code: ({ fault }) => fault.code,
    path: ({ fault }) => fault.path ?? null,
    message: ({ fault }) => fault.message,
    payload: ({ encrypted }) => byteaOf(encrypted),
    identity_hashes: ({ identityHashes }) => `{${identityHashes}}`, // hex needs no quotes
  },
  'empty_payload',
)
