/** Saves which numbers of client streams arrived, as rows of `client_streams`, so that gaps show losses. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import { isRejected } from '../event.ts'
import type { Verdicts } from './keys.ts'
import upsertClientStreams from './sql/upsert_client_streams.sql?raw'

/** One client instance: a page load, an app start. */
export interface StreamRow {
  key: string
  websiteId: string
  stream: string
  highestSeq: number
  stored: number
  rejected: number
  firstSeenAt: number
  lastSeenAt: number
}

export async function saveStreams(tx: Queries, verdicts: Verdicts): Promise<void> {
  await runRows(
    tx,
    streamUpsert,
    inLockOrder(streamsOf(verdicts), ({ key }) => key),
  )
}

/** One row per stream. Duplicates were counted when they first arrived. */
export function streamsOf(verdicts: Verdicts): StreamRow[] {
  const streams = new Map<string, StreamRow>()
  for (const [event, verdict] of verdicts) {
    if (verdict === 'duplicate' || !event.position) continue
    const { stream, seq } = event.position
    const { token, receivedAt } = event.request
    const key = `${token.websiteId} ${stream}`
    let row = streams.get(key)
    if (!row) {
      row = {
        key,
        websiteId: token.websiteId,
        stream,
        highestSeq: seq,
        stored: 0,
        rejected: 0,
        firstSeenAt: receivedAt,
        lastSeenAt: receivedAt,
      }
      streams.set(key, row)
    }
    if (isRejected(event)) row.rejected += 1
    else row.stored += 1
    if (seq > row.highestSeq) row.highestSeq = seq
    if (receivedAt < row.firstSeenAt) row.firstSeenAt = receivedAt
    if (receivedAt > row.lastSeenAt) row.lastSeenAt = receivedAt
  }
  return [...streams.values()]
}

const streamUpsert = rowStatement<StreamRow>(upsertClientStreams, {
  website_id: ({ websiteId }) => websiteId,
  stream: ({ stream }) => stream,
  highest_seq: ({ highestSeq }) => highestSeq,
  stored: ({ stored }) => stored,
  rejected: ({ rejected }) => rejected,
  first_seen_at: ({ firstSeenAt }) => firstSeenAt,
  last_seen_at: ({ lastSeenAt }) => lastSeenAt,
})
