/** Step 6, to rows: the touches that events prove, as rows of `touches`. */
import { type Columns, toInstant } from '@headwater/db/columns'
import type { OriginIds } from '../commit/dimensions.ts'
import type { EventTouch, Origin } from '../event.ts'
import { originColumns, type PlacedEvent, type PlacedTouch } from './event-rows.ts'

export interface TouchRow extends PlacedTouch {
  placed: PlacedEvent
  originIds: OriginIds | undefined
}

/** One row a touch of a session, at its earliest time; a touch without a session stands for itself. Sorted. */
export function touchesOf(events: PlacedEvent[], originIds: Map<Origin, OriginIds>): TouchRow[] {
  const touches = new Map<string, TouchRow>()
  const add = (placed: PlacedEvent, touch: EventTouch, session = placed.session) => {
    const visit = session?.id ?? `event ${placed.id}`
    const key = `${placed.event.request.token.websiteId} ${visit} ${touch.key}`
    const earliest = touches.get(key)
    if (earliest && earliest.touch.at <= touch.at) return
    touches.set(key, { touch, session, placed, originIds: originIds.get(touch.origin) })
  }
  for (const placed of events) {
    for (const touch of placed.touches) add(placed, touch)
    for (const { touch, session } of placed.journal) add(placed, touch, session)
  }
  return [...touches].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

export const touchColumns: Columns<TouchRow> = {
  website_id: ({ placed }) => placed.event.request.token.websiteId,
  customer_id: ({ session, placed }) => session?.customerId ?? placed.customerId,
  session_id: ({ session }) => session?.id ?? null,
  occurred_at: ({ touch }) => toInstant(touch.at),
  type: ({ touch }) => touch.type,
  touch_key: ({ touch }) => touch.key,
  is_direct: ({ touch }) => touch.origin.source.isDirect,
  click_id_type: ({ touch }) => touch.origin.source.clickIdType ?? null,
  ...originColumns,
  source_event_id: ({ placed }) => placed.id,
  metadata: ({ touch }) => metadataOf(touch.origin),
}

const describing = ['id', 'source_platform', 'creative_format', 'marketing_tactic'] as const

/** What describes a touch and has no table of its own. */
function metadataOf({ source: { clickIdValue, utm } }: Origin): string | null {
  const all = [['click_id', clickIdValue], ...describing.map((name) => [`utm_${name}`, utm[name]])]
  const told = all.filter(([, value]) => value)
  return told.length > 0 ? JSON.stringify(Object.fromEntries(told)) : null
}
