/** Rejects events with an impossible time or id. */
import { isIllegalId, type WireEvent } from '@headwater/contract'
import type { Fault, IngestRequest } from '../event.ts'
import type { EventTimes } from './clock.ts'

const dayMs = 86_400_000

type Received = Pick<IngestRequest, 'receivedAt' | 'token'>

/** Finds what is wrong with the event's ids and times. */
export function screen(wire: WireEvent, times: EventTimes, request: Received): Fault | undefined {
  return screenIds(wire) ?? screenTimes(times, request)
}

function screenIds(wire: WireEvent): Fault | undefined {
  const named: [string, string | undefined][] = [
    ['anonymous_id', wire.anonymous_id],
    ['user_id', wire.user_id],
    ...(wire.identities ?? []).map(({ value }, i): [string, string] => [`identities.${i}.value`, value]),
  ]
  const illegal = named.find(([, id]) => id !== undefined && isIllegalId(id))
  if (!illegal) return screenEmailHash(wire)
  const message = `${illegal[0]} holds a placeholder, not an id; it would merge many customers into one. Leave it out if there is none.`
  return { code: 'illegal_id', path: illegal[0], message }
}

/** An e-mail address sent as a hash by mistake must not reach the database. */
function screenEmailHash(wire: WireEvent): Fault | undefined {
  const index =
    wire.identities?.findIndex(({ type, value }) => type === 'email_hash' && !/^[0-9a-f]{64}$/.test(value)) ??
    -1
  if (index < 0) return undefined
  const path = `identities.${index}.value`
  const message =
    'An email_hash must be 64 hex digits in lower case: send the SHA-256 of the trimmed, lower-cased address.'
  return { code: 'invalid_field', path, message }
}

function screenTimes({ occurredAt }: EventTimes, { receivedAt, token }: Received): Fault | undefined {
  if (occurredAt > receivedAt) {
    const seconds = Math.round((occurredAt - receivedAt) / 1000)
    const message = `The event happened ${seconds} s after it was received. Send the sender’s clock as sent_at: times are corrected by it.`
    return { code: 'in_future', path: 'occurred_at', message }
  }
  const { horizonDays } = token.settings
  if (receivedAt - occurredAt > horizonDays * dayMs) {
    const message = `The event is older than ${horizonDays} days. Send events within that time.`
    return { code: 'too_old', path: 'occurred_at', message }
  }
  return undefined
}
