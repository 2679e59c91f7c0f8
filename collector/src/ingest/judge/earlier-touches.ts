/** Reads the earlier touches that an identify or a conversion may carry, each with the session that it opened. */
import type { WireEvent } from '@headwater/contract'
import type { EarlierTouch, IngestRequest } from '../event.ts'
import { readLanding } from '../landing.ts'
import { toUuid } from '../uuid.ts'
import { isArrival, landing } from './attribute.ts'
import type { EventTimes } from './clock.ts'

const none: readonly EarlierTouch[] = []

/** The landing touches of those sessions, stored or not. Those that lie ahead are left out. */
export function readEarlierTouches(
  wire: WireEvent,
  { touchedAt }: EventTimes,
  { receivedAt, token }: Pick<IngestRequest, 'receivedAt' | 'token'>,
): readonly EarlierTouch[] {
  const isCarrier = wire.type === 'identify' || wire.conversion
  if (!wire.touches || !isCarrier || wire.anonymous_id === undefined) return none // a session belongs to a visitor
  return wire.touches.flatMap(
    ({ session_id, url, referrer_url: referrerUrl, utm, click_ids: clickIds }, i) => {
      const at = touchedAt[i] as number // one for each
      const reported = readLanding({ url, referrerUrl, utm, clickIds }, token.settings.ignoredReferrers)
      if (at > receivedAt || !isArrival(reported.origin)) return []
      return [
        {
          ...landing(reported.origin, at),
          session: { clientId: toUuid(session_id), startedAt: at, ...reported },
        },
      ]
    },
  )
}
