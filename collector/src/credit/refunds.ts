/**
 * Credits refunds to the touches of the conversion they refund, with its weights and negative values. Refunds of one conversion
 * are taken in the order they happened, whatever the order they arrive in. Each takes back at most what is left.
 */
import { allocateCents, isFractional } from '@headwater/attribution/credit'
import { parseModel } from '@headwater/attribution/models/parse-model'
import { type Conversion, type Credit, type Credited, noCredit } from './conversion.ts'

/** What refunds need of the conversion they refund. Its credits are in the order of its touches. */
export type Sale = Pick<Conversion, 'valueCents' | 'counted'> &
  Pick<Credited, 'credit' | 'model' | 'lookbackDays'>

/** What counts of a refund. */
export type Refund = Pick<Conversion, 'occurredAt' | 'valueCents' | 'eventId' | 'counted'>

/** Whether a conversion refunds an earlier one, which its order number identifies. */
export const isRefund = ({
  valueCents,
  conversionId,
}: Pick<Conversion, 'valueCents' | 'conversionId'>): boolean => (valueCents ?? 0) < 0 && conversionId !== null

/** Identifies an order: a conversion and its refunds. They have the same currency, because other amounts cannot be compared. */
export const orderKey = ({ websiteId, name, conversionId, currency }: OrderName): string =>
  JSON.stringify([websiteId, name, conversionId, currency])

export type OrderName = Pick<Conversion, 'websiteId' | 'name' | 'conversionId' | 'currency'>

/** Credits all refunds of a conversion. Under models that share its value no touch ends up with less than nothing. */
export function creditRefunds<R extends Refund>(sale: Sale, refunds: readonly R[]): Map<R, Credited> {
  const { credits, ...names } = sale.credit
  const shares = credits.map((credit): Share => ({ ...credit, leftCents: credit.valueCents ?? 0 }))
  let leftCents = sale.counted === false ? 0 : Math.max(sale.valueCents ?? 0, 0)
  const credited = refunds.toSorted(byTime).map((refund): [R, Credited] => {
    const by = { model: sale.model, lookbackDays: sale.lookbackDays }
    if (refund.counted === false) return [refund, { ...by, credit: noCredit, overRefundCents: 0 }]
    const askedCents = -(refund.valueCents ?? 0)
    const takenCents = Math.min(askedCents, leftCents)
    leftCents -= takenCents
    const credit = { ...names, credits: takeBack(takenCents, shares) }
    return [refund, { ...by, credit, overRefundCents: askedCents - takenCents }]
  })
  return new Map(credited)
}

/** A touch's credit under a model, with what refunds have left of it. */
type Share = Credit['credits'][number] & { leftCents: number }

// Ids follow the order of arrival. They decide only between refunds that are equal in all that counts here.
const byTime = (a: Refund, b: Refund) =>
  a.occurredAt - b.occurredAt ||
  (a.valueCents ?? 0) - (b.valueCents ?? 0) ||
  Number(a.eventId) - Number(b.eventId)

function takeBack(cents: number, shares: readonly Share[]): Credit['credits'] {
  const models = [...new Set(shares.map(({ model }) => model))]
  return models.flatMap((model) =>
    takeBackUnder(
      model,
      cents,
      shares.filter((share) => share.model === model),
    ),
  )
}

/**
 * In proportion to what each touch has left, which is its weight but for rounding. By weight alone, the cents of several partial
 * refunds could be rounded to one touch, and take back more than it earned.
 */
function takeBackUnder(model: string, cents: number, shares: readonly Share[]): Credit['credits'] {
  const parts = sharesValue(model)
    ? allocateCents(
        cents,
        shares.map(({ leftCents }) => leftCents),
      )
    : shares.map(() => cents)
  return shares.map((share, i) => {
    const part = parts[i] ?? 0
    share.leftCents -= part
    const { touchId, weight } = share
    return { model, touchId, weight, valueCents: 0 - part }
  })
}

/** Whether the touches share the value under this model, or each of them has all of it. */
function sharesValue(text: string): boolean {
  const parsed = parseModel(text)
  return 'problem' in parsed || isFractional(parsed.model)
}
