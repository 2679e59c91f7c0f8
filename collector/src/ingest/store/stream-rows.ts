/** Step 6, to rows: which numbers of their client streams came, as rows of `client_streams`. */
import { type Columns, toInstant } from '@headwater/db/columns'
import { isRejected, type Judged, type StreamPosition } from '../event.ts'
import type { Verdicts } from './keys.ts'

interface StreamRow {
  websiteId: string
  stream: string
  highestSeq: number
  stored: number
  rejected: number
  firstSeenAt: number
  lastSeenAt: number
}

/** One row a stream, sorted. Duplicates were counted when they came first. */
export function streamsOf(verdicts: Verdicts): StreamRow[] {
  const streams = new Map<string, StreamRow>()
  for (const [event, verdict] of verdicts) {
    if (verdict === 'duplicate' || !event.position) continue
    const row = rowOf(event, event.position)
    const key = `${row.websiteId} ${row.stream}`
    streams.set(key, sum(streams.get(key) ?? row, row))
  }
  return [...streams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function rowOf(event: Judged, { stream, seq }: StreamPosition): StreamRow {
  const { token, receivedAt } = event.request
  const [stored, rejected] = isRejected(event) ? [0, 1] : [1, 0]
  return {
    websiteId: token.websiteId,
    stream,
    highestSeq: seq,
    stored,
    rejected,
    firstSeenAt: receivedAt,
    lastSeenAt: receivedAt,
  }
}

function sum(total: StreamRow, one: StreamRow): StreamRow {
  if (total === one) return one
  return {
    ...total,
    highestSeq: Math.max(total.highestSeq, one.highestSeq),
    stored: total.stored + one.stored,
    rejected: total.rejected + one.rejected,
    firstSeenAt: Math.min(total.firstSeenAt, one.firstSeenAt),
    lastSeenAt: Math.max(total.lastSeenAt, one.lastSeenAt),
  }
}

export const streamColumns: Columns<StreamRow> = {
  website_id: ({ websiteId }) => websiteId,
  stream: ({ stream }) => stream,
  highest_seq: ({ highestSeq }) => highestSeq,
  stored: ({ stored }) => stored,
  rejected: ({ rejected }) => rejected,
  first_seen_at: ({ firstSeenAt }) => toInstant(firstSeenAt),
  last_seen_at: ({ lastSeenAt }) => toInstant(lastSeenAt),
}
