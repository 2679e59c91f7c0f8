/** The pure steps, one event at a time: each event becomes one to store, or a rejection with its reason. */
import type { Batch } from '@headwater/contract'
import { conversionOf } from '../../rules/conversion-of.ts'
import type { Secrets } from '../../secrets.ts'
import type { Fault, IngestRequest, Judged } from '../event.ts'
import { storedEvent } from '../stored-event.ts'
import { toUuid } from '../uuid.ts'
import { attribute } from './attribute.ts'
import { clockOffset, correctClock } from './clock.ts'
import { readEarlierTouches } from './earlier-touches.ts'
import { createEnricher } from './enrich.ts'
import { createParser, isFault } from './parse.ts'
import { copyName, positionOf, rejectUnread } from './rejection.ts'
import { screen } from './screen.ts'

/** Judges the events of a batch: parse → correct clock → screen → enrich → attribute → convert. */
export type Judge = (batch: Batch, request: IngestRequest) => Judged[]

export function createJudge(secrets: Secrets): Judge {
  const parse = createParser()
  const { enrich, identify } = createEnricher(secrets)

  return ({ events }, request) => {
    const { token, receivedAt } = request
    const offsetMs = clockOffset(receivedAt, request.sentAt)
    const hash = (type: string, value: string) => identify(token.websiteId, type, value).hash

    return events.map((raw, index): Judged => {
      const reject = (fault: Fault) => rejectUnread({ request, index, raw }, fault, hash)
      const parsed = parse(raw)
      if (isFault(parsed)) return reject(parsed)
      const { wire, props } = parsed
      const times = correctClock(wire, offsetMs, receivedAt)
      const fault = screen(wire, times, request)
      if (fault) return reject(fault)
      const { occurredAt } = times
      const key = toUuid(wire.idempotency_key)
      const enriched = enrich(wire, times, token)
      const session = enriched.session ?? enriched.arrival
      return {
        request,
        index,
        wire,
        key,
        copyName: copyName(token, key),
        occurredAt,
        props,
        url: enriched.url,
        cookie: enriched.cookie,
        user: enriched.user,
        others: enriched.others,
        emailHash: enriched.emailHash,
        position: positionOf(wire.stream, wire.seq),
        session: enriched.session,
        arrival: enriched.arrival,
        touches: attribute({ wire, url: enriched.url, occurredAt, session }),
        earlierTouches: readEarlierTouches(wire, times, request),
        conversion: conversionOf(wire, token.rules, () => storedEvent(wire, enriched.url)),
      }
    })
  }
}
