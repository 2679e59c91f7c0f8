/** What a group changes before conversions that may be stored: touches, and the events that models name. */
import type { ModelChoice } from '@headwater/attribution/models'
import type { PathChange } from '../../credit/late-touches.ts'
import { milestoneNames } from '../../credit/milestones.ts'
import type { Customer } from '../../identity/resolve.ts'
import type { OwnedEvent } from '../event.ts'
import type { JoinedRow, PlacedEvent, Placement, SessionRow, TouchRow } from './place.ts'

/** Without those of customers that the group opens: they have no conversions yet. */
export function pathChanges(
  { events, sessions, joined, touches }: Placement,
  opened: readonly Customer[],
): PathChange[] {
  const changes = [
    ...touches.map(byTouch),
    ...sessions.filter(({ reopened }) => reopened).map(byFormerLanding),
    ...joined.map(byFormerSession),
    ...events.filter(isMilestone).map(({ owned }) => byEvent(owned)),
  ]
  const isOpened = new Set(opened.map(({ id }) => id))
  return changes.filter(({ customerId }) => !isOpened.has(customerId))
}

// A stored touch may have an earlier time than the one that changes it, but not than the start of its session.
const byTouch = ({ source, customerId, at, session }: TouchRow): PathChange => ({
  websiteId: source.customer.websiteId,
  customerId,
  at: session ? Math.min(at, session.startedAt) : at,
})

const byFormerLanding = ({ opener, stored, startedAt }: SessionRow): PathChange => ({
  websiteId: opener.customer.websiteId,
  customerId: stored?.customerId ?? opener.customer.id,
  at: startedAt,
})

/** The touches of a joined session move to the session before, except its landing, which is none any more. */
const byFormerSession = ({ session: { customerId, startedAt }, into }: JoinedRow): PathChange => ({
  websiteId: into.opener.customer.websiteId,
  customerId,
  at: startedAt,
})

const isMilestone = ({ owned: { event } }: PlacedEvent) => {
  const { wire, request } = event
  const { settings, rules } = request.token
  const name = wire.name ?? wire.type
  const isNamed = (models: readonly ModelChoice[] | null) =>
    models !== null && milestoneNames(models).has(name)
  return isNamed(settings.models) || rules.some(({ models }) => isNamed(models))
}

const byEvent = ({ customer, event }: OwnedEvent): PathChange => ({
  websiteId: customer.websiteId,
  customerId: customer.id,
  at: event.occurredAt,
})
