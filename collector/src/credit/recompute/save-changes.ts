/** Writes the conversions whose credit has changed: a new version of the credit, with the reason, beside the former ones. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Credit, Credited } from '../conversion.ts'
import type { CreditReason } from '../enqueue.ts'
import type { StoredConversion } from './person-conversions.ts'
import insertCreditVersions from './sql/insert_credit_versions.sql?raw'
import insertVersionCredits from './sql/insert_version_credits.sql?raw'
import updateConversions from './sql/update_conversions.sql?raw'

/** A conversion that has to be written. */
export interface Change {
  conversion: StoredConversion
  credited: Credited
  reason: CreditReason
  /** The version of the new credit; that of the stored one, where only the names of model or look-back differ. */
  version: number
}

/** The change from the stored credit to this one; undefined when there is none. */
export function changeOf({
  stored,
  ...change
}: Omit<Change, 'version'> & { stored: Credited }): Change | undefined {
  const { conversion, credited } = change
  if (!isSameCredit(stored, credited)) return { ...change, version: conversion.version + 1 }
  const isSame = stored.model === credited.model && stored.lookbackDays === credited.lookbackDays
  return isSame ? undefined : { ...change, version: conversion.version }
}

function isSameCredit(stored: Credited, { credit, overRefundCents }: Credited): boolean {
  const { firstTouchId, lastNonDirectTouchId, attributedTouchId, weights, credits } = stored.credit
  return (
    stored.overRefundCents === overRefundCents &&
    firstTouchId === credit.firstTouchId &&
    lastNonDirectTouchId === credit.lastNonDirectTouchId &&
    attributedTouchId === credit.attributedTouchId &&
    isSameWeights(weights, credit.weights) &&
    isSameCredits(credits, credit.credits)
  )
}

function isSameWeights(a: Credit['weights'], b: Credit['weights']): boolean {
  const touches = Object.keys(a)
  return touches.length === Object.keys(b).length && touches.every((id) => a[id] === b[id])
}

function isSameCredits(a: Credit['credits'], b: Credit['credits']): boolean {
  if (a.length !== b.length) return false
  const byName = new Map(a.map((one) => [nameOf(one), one]))
  return b.every((one) => {
    const same = byName.get(nameOf(one))
    return same !== undefined && same.weight === one.weight && same.valueCents === one.valueCents
  })
}

const nameOf = ({ model, touchId }: Credit['credits'][number]) => `${touchId} ${model}`

/**
 * Writes the changes; the persons must be locked. A refund may belong to another person and be written by two workers: the second
 * one fails on `credit_versions_pkey`. Sends all statements in one round trip.
 */
export async function saveChanges(tx: Queries, changes: readonly Change[]): Promise<void> {
  const inOrder = inLockOrder(changes, ({ conversion }) => String(conversion.id))
  const renewed = inOrder.filter(({ conversion, version }) => version !== conversion.version)
  await Promise.all([
    runRows(tx, versionInsert, renewed), // first, because it tells whether another worker was faster
    runRows(tx, conversionUpdate, inOrder),
    runRows(tx, creditInsert, renewed.flatMap(creditsOf)),
  ])
}

type CreditRow = Credit['credits'][number] & Pick<Change, 'conversion' | 'version'>

const creditsOf = ({ conversion, credited, version }: Change): CreditRow[] =>
  credited.credit.credits.map((one) => ({ ...one, conversion, version }))

const versionInsert = rowStatement<Change>(insertCreditVersions, {
  website_id: ({ conversion }) => conversion.websiteId,
  conversion_id: ({ conversion }) => conversion.id,
  version: ({ version }) => version,
  reason: ({ reason }) => reason,
})

const conversionUpdate = rowStatement<Change>(updateConversions, {
  website_id: ({ conversion }) => conversion.websiteId,
  id: ({ conversion }) => conversion.id,
  former_version: ({ conversion }) => conversion.version,
  version: ({ version }) => version,
  first_touch_id: ({ credited }) => credited.credit.firstTouchId,
  last_non_direct_touch_id: ({ credited }) => credited.credit.lastNonDirectTouchId,
  attributed_touch_id: ({ credited }) => credited.credit.attributedTouchId,
  attribution_model: ({ credited }) => credited.model,
  attribution_weight: ({ credited }) => JSON.stringify(credited.credit.weights),
  lookback_days: ({ credited }) => credited.lookbackDays,
  over_refund_cents: ({ credited }) => credited.overRefundCents,
})

const creditInsert = rowStatement<CreditRow>(insertVersionCredits, {
  website_id: ({ conversion }) => conversion.websiteId,
  conversion_id: ({ conversion }) => conversion.id,
  model: ({ model }) => model,
  version: ({ version }) => version,
  touch_id: ({ touchId }) => touchId,
  weight: ({ weight }) => weight,
  value_cents: ({ valueCents }) => valueCents,
})
