/** For tests of ingest: a request, an event that may be stored, and one that is rejected; fields replace their own. Never shipped. */
import type { WireEvent } from '@headwater/contract'
import { identityRef } from '../identity/resolve.ts'
import { testToken } from '../websites/testing.ts'
import type { EventSession, IngestEvent, IngestRequest, Origin, RejectedEvent } from './event.ts'
import { hashToUuid } from './uuid.ts'

export const noon = Date.parse('2026-11-20T12:00:00.000Z')

export const direct: Origin = { source: { utm: {}, isDirect: true } }

export const testRequest = (fields: Partial<IngestRequest> = {}): IngestRequest => ({
  id: 'request-1',
  token: testToken(),
  receivedAt: noon,
  ip: '203.0.113.0',
  userAgent: 'Mozilla/5.0',
  isBot: false,
  sentAt: undefined,
  sdkVersion: null,
  dropped: null,
  ...fields,
})

type EventFields = Partial<Omit<IngestEvent, 'wire'>> & { wire?: Partial<WireEvent> }

/** Its names come from its key, which is 'a' by default, and from the website of its request. */
export function testEvent(name = 'a', { wire, ...fields }: EventFields = {}): IngestEvent {
  const request = fields.request ?? testRequest()
  const { websiteId } = request.token
  const key = hashToUuid(name)
  return {
    index: 0,
    conversion: null,
    wire: { idempotency_key: name, type: 'track', name: 'click', occurred_at: '', ...wire },
    key,
    copyName: `${websiteId} ${key}`,
    occurredAt: noon - 1_000,
    props: null,
    url: null,
    cookie: identityRef(websiteId, 'cookie', 'c0'),
    others: [],
    touches: [],
    earlierTouches: [],
    ...fields,
    request,
  }
}

/** A rejected copy of `testEvent(name)`; without a name, one whose key could not be read. */
export function testRejection(name?: string, fields: Partial<RejectedEvent> = {}): RejectedEvent {
  const request = fields.request ?? testRequest()
  const key = name === undefined ? undefined : hashToUuid(name)
  return {
    index: 0,
    key,
    copyName: key && `${request.token.websiteId} ${key}`,
    idempotencyKey: name,
    fault: { code: 'invalid_event', message: 'An event must be a JSON object.' },
    payload: '42',
    identityHashes: [],
    ...fields,
    request,
  }
}

export const testSession = (name = 's', fields: Partial<EventSession> = {}): EventSession => ({
  clientId: hashToUuid(name),
  startedAt: noon - 60_000,
  landingUrl: 'https://shop.example/',
  referrerUrl: null,
  origin: direct,
  ...fields,
})
