/** Loads the sessions that a group's events belong to, or may belong to, inside the transaction that stores them. */
import { defaultSessionRules } from '@headwater/attribution/session'
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import { type IdentityKey, type IdentityRef, identityRef } from '../../identity/resolve.ts'
import type { EventSession, IngestEvent, OriginIds } from '../event.ts'
import selectRecentSessions from './sql/select_recent_sessions.sql?raw'
import selectReportedSessions from './sql/select_reported_sessions.sql?raw'

/** A stored session. Times are epoch ms. */
export interface StoredSession {
  id: string
  /** The customer who opened it, not necessarily that of its later events. */
  customerId: string
  startedAt: number
  endedAt: number
  hasLanding: boolean
  /** Of the event that opened it. */
  tokenId: string | null
  sdkVersion: string | null
  /** Its touches, by key. */
  touches: Map<string, StoredTouch>
}

export interface StoredTouch {
  at: number
  /** Whether only bots have shown it. */
  isBot: boolean
}

/** A session that may be in progress. Times are epoch ms. */
export interface RecentSession {
  visitor: IdentityKey
  clientId: string
  startedAt: number
  lastSeenAt: number
  landingUrl: string | null
  referrerUrl: string | null
  /** Of a stored session. */
  originIds?: OriginIds
  /** The report by an event of the group, if any. */
  reported?: EventSession
  /** The user id of the customer who opened it; null: anonymous so far. */
  user: IdentityKey | null
  /** Whether the collector assigned it, and no client has reported it since. */
  isAssigned: boolean
}

/** A session as the events of a group report it, from its start to its latest event. Times are epoch ms. */
export interface ReportedSession {
  /** Index among those requested, from 0. */
  position: number
  key: string
  visitor: IdentityRef
  clientId: string
  from: number
  until: number
}

export interface KnownSessions {
  /** Those that the events or their earlier touches report. */
  reported: ReportedSession[]
  /** By `sessionKey`. */
  stored: Map<string, StoredSession>
  recent: RecentSession[]
}

/** Identifies a session within its visitor: clients of other visitors may use the same id. */
export const sessionKey = (visitor: IdentityRef, clientId: string): string => `${visitor.key} ${clientId}`

/** The visitor to whom the session of an event belongs: its cookie, else its user id. */
export const visitorOf = ({ cookie, user }: IngestEvent): IdentityRef | undefined => cookie ?? user

/** The identities of the events must be locked, so that concurrent groups see each other's sessions. */
export async function loadSessions(tx: Queries, events: readonly IngestEvent[]): Promise<KnownSessions> {
  const reported = reportedSessions(events)
  const spans = spansOf(events)
  const [stored, recent] = await Promise.all([
    loadReported(tx, reported),
    runRows<RecentRow, Span>(tx, recentSelect, spans),
  ])
  const known: KnownSessions = { reported, stored, recent: [] }
  for (const row of recent) {
    const { visitor } = spans[row.position] as Span // one of those requested
    known.stored.set(sessionKey(visitor, row.client_session_id), readStored(row))
    known.recent.push(readRecent(row, visitor))
  }
  return known
}

/** The stored ones of the reported sessions, by `sessionKey`. */
export async function loadReported(
  tx: Queries,
  reported: readonly ReportedSession[],
): Promise<Map<string, StoredSession>> {
  const stored = new Map<string, StoredSession>()
  for (const row of await runRows<StoredRow, ReportedSession>(tx, reportedSelect, reported))
    stored.set((reported[row.position] as ReportedSession).key, readStored(row)) // one of those requested
  return stored
}

/** Each session of an event or an earlier touch, once. */
export function reportedSessions(events: readonly IngestEvent[]): ReportedSession[] {
  const byKey = new Map<string, ReportedSession>()
  const byReport = new Map<EventSession, ReportedSession>() // events that report a session alike share the object

  function report(visitor: IdentityRef, session: EventSession, at: number): void {
    let known = byReport.get(session)
    if (!known) {
      const { clientId, startedAt } = session
      const key = sessionKey(visitor, clientId)
      known = byKey.get(key)
      if (!known) {
        known = { position: byKey.size, key, visitor, clientId, from: startedAt, until: at }
        byKey.set(key, known)
      }
      byReport.set(session, known)
      if (startedAt < known.from) known.from = startedAt
    }
    if (at > known.until) known.until = at
  }

  for (const event of events) {
    const visitor = visitorOf(event)
    if (!visitor) continue
    if (event.session) report(visitor, event.session, event.occurredAt)
    for (const { session } of event.earlierTouches) report(visitor, session, session.startedAt)
  }
  return [...byKey.values()]
}

/** A visitor with the time span of its events without a session. */
interface Span {
  position: number
  visitor: IdentityRef
  from: number
  until: number
}

function spansOf(events: readonly IngestEvent[]): Span[] {
  const spans = new Map<IdentityKey, Span>()
  const { idleMs } = defaultSessionRules
  for (const { arrival, cookie: visitor, occurredAt } of events) {
    if (!arrival || !visitor) continue
    const span = spans.get(visitor.key) ?? {
      position: spans.size,
      visitor,
      from: occurredAt,
      until: occurredAt,
    }
    spans.set(visitor.key, span)
    span.from = Math.min(span.from, occurredAt - idleMs)
    span.until = Math.max(span.until, occurredAt + idleMs)
  }
  return [...spans.values()]
}

interface StoredRow {
  position: number
  id: string
  customer_id: string
  started_at_ms: number
  ended_at_ms: number
  has_landing: boolean
  ingestion_token_id: string | null
  sdk_version: string | null
  /** `<key> <epoch ms>`, with ` bot` for a bot's, separated by commas; null: none. */
  touches: string | null
}

function readStored(row: StoredRow): StoredSession {
  return {
    id: row.id,
    customerId: row.customer_id,
    startedAt: row.started_at_ms,
    endedAt: row.ended_at_ms,
    hasLanding: row.has_landing,
    tokenId: row.ingestion_token_id,
    sdkVersion: row.sdk_version,
    touches: new Map(
      row.touches?.split(',').map((touch): [string, StoredTouch] => {
        const [key = '', at, bot] = touch.split(' ')
        return [key, { at: Number(at), isBot: bot !== undefined }]
      }),
    ),
  }
}

interface RecentRow extends StoredRow {
  client_session_id: string
  landing_url: string | null
  referrer_url: string | null
  is_assigned: boolean
  user_value_hash: string | null
  utm_source_id: string | null
  utm_medium_id: string | null
  utm_campaign_id: string | null
  utm_term_id: string | null
  utm_content_id: string | null
  referrer_domain_id: string | null
  landing_page_id: string | null
}

function readRecent(row: RecentRow, { websiteId, key: visitor }: IdentityRef): RecentSession {
  const { user_value_hash: userHash } = row
  return {
    visitor,
    clientId: row.client_session_id,
    startedAt: row.started_at_ms,
    lastSeenAt: row.ended_at_ms,
    landingUrl: row.landing_url,
    referrerUrl: row.referrer_url,
    originIds: {
      source: row.utm_source_id,
      medium: row.utm_medium_id,
      campaign: row.utm_campaign_id,
      term: row.utm_term_id,
      content: row.utm_content_id,
      referrerDomain: row.referrer_domain_id,
      landingPage: row.landing_page_id,
    },
    user: userHash && identityRef(websiteId, 'user_id', userHash).key,
    isAssigned: row.is_assigned,
  }
}

const reportedSelect = rowStatement<ReportedSession>(selectReportedSessions, {
  website_id: ({ visitor }) => visitor.websiteId,
  type: ({ visitor }) => visitor.type,
  value_hash: ({ visitor }) => visitor.hash,
  client_session_id: ({ clientId }) => clientId,
  position: ({ position }) => position,
})

const recentSelect = rowStatement<Span>(selectRecentSessions, {
  website_id: ({ visitor }) => visitor.websiteId,
  value_hash: ({ visitor }) => visitor.hash,
  since: ({ from }) => from,
  until: ({ until }) => until,
  position: ({ position }) => position,
})
