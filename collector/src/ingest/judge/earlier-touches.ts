/** Step 5, attribute: the journal of earlier arrivals that an identify or a conversion may carry, as touches of their own visits. */
import type { WireEvent } from '@headwater/contract'
import type { IngestRequest, JournalTouch } from '../event.ts'
import { isArrival, landing } from './attribute.ts'
import type { EventTimes } from './clock.ts'
import { readLanding } from './enrich.ts'
import { toUuid } from './uuid.ts'

const none: JournalTouch[] = []

/** The touches that the landings of those visits made, or would have made. What has not happened yet is left out. */
export function readJournal(
  wire: WireEvent,
  { touchedAt }: EventTimes,
  { receivedAt, token }: Pick<IngestRequest, 'receivedAt' | 'token'>,
): JournalTouch[] {
  const isCarrier = wire.type === 'identify' || wire.conversion
  if (!wire.touches || !isCarrier || wire.anonymous_id === undefined) return none // a visit is somebody's
  return wire.touches.flatMap(
    ({ session_id, url, referrer_url: referrerUrl, utm, click_ids: clickIds }, i) => {
      const at = touchedAt[i] as number // one for each
      const told = readLanding({ url, referrerUrl, utm, clickIds }, token.settings.ignoredReferrers)
      if (at > receivedAt || !isArrival(told.origin)) return []
      return [
        { ...landing(told.origin, at), visit: { clientId: toUuid(session_id), startedAt: at, ...told } },
      ]
    },
  )
}
