/** Decides which conversions count where a rule counts one of each session or customer. Pure: ingest and recompute share it. */

/** What a rule counts. */
export type Counting = 'every' | 'once_per_session' | 'once_per_customer'

export const countings: readonly Counting[] = ['every', 'once_per_session', 'once_per_customer']

/** What the decision needs of a conversion. */
export interface CountableConversion {
  eventId: string
  name: string
  /** Null: its event said that it is one. */
  ruleId: string | null
  /** Of its rule; null as `ruleId`. */
  counting: Counting | null
  /** Null: no session. */
  sessionId: string | null
  /** The order number; null: none. */
  conversionId: string | null
  currency: string | null
  /** Epoch ms. */
  occurredAt: number
  /** Null: no value. Negative: a refund. */
  valueCents: number | null
}

/**
 * Those that count, of all conversions of one person and all refunds of them. Of a rule that counts one, that is the earliest of the session or the
 * person, by time and then by event id; without a session, each counts. A refund takes no other conversion's place: it counts unless the
 * conversion that it refunds is here and does not.
 */
export function decideCounted<C extends CountableConversion>(conversions: readonly C[]): Set<C> {
  const sales = conversions.filter((one) => !isRefund(one))
  const earliest = new Map<string, C>()
  for (const sale of sales) {
    const place = placeOf(sale)
    const holder = place && earliest.get(place)
    if (place && !(holder && isBefore(holder, sale))) earliest.set(place, sale)
  }
  const counts = (sale: C) => {
    const place = placeOf(sale)
    return !place || earliest.get(place) === sale
  }
  const uncounted = new Set(sales.filter((sale) => !counts(sale)).map(orderOf))
  const counted = (one: C) =>
    isRefund(one) ? !(one.conversionId && uncounted.has(orderOf(one))) : counts(one)
  return new Set(conversions.filter(counted))
}

/** What only one sale can hold; undefined: it counts in any case. */
export function placeOf({ ruleId, counting, sessionId }: CountableConversion): string | undefined {
  if (ruleId === null) return undefined
  if (counting === 'once_per_customer') return ruleId
  return counting === 'once_per_session' && sessionId !== null ? `${ruleId} ${sessionId}` : undefined
}

const isRefund = ({ valueCents }: CountableConversion) => (valueCents ?? 0) < 0

const orderOf = ({ name, conversionId, currency }: CountableConversion) =>
  JSON.stringify([name, conversionId, currency])

function isBefore(a: CountableConversion, b: CountableConversion): boolean {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt < b.occurredAt
  return BigInt(a.eventId) < BigInt(b.eventId)
}
