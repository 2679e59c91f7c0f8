/** Explains a conversion down to its touches: what each model gave to which of them, why others got nothing, and how that came about. */
import type { Db } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { z } from 'zod'
import { InputError, NotFoundError, OperationError, readInput } from '../../operation-error.ts'
import { readSettings } from '../../websites/settings.ts'
import { websiteId } from '../../websites/websites.ts'
import { touchesPerConversion } from '../paths.ts'
import { explainOrder, isRefund, loadOrderOf } from './explain-order.ts'
import { explainTouches } from './explain-touches.ts'
import { explainVersions, type VersionedCredit, type VersionRow } from './explain-versions.ts'
import type { ExplainedConversion, ExplainedModel, Explanation, NotCounted } from './explanation.ts'
import { findByOrder, type OrderRow } from './find-conversion.ts'
import { type ConversionRow, loadConversion, loadCountedInstead } from './load-conversion.ts'
import { loadPerson, loadQueuedReasons } from './load-person.ts'
import { loadTouches } from './load-touches.ts'
import selectCreditHistory from './sql/select_credit_history.sql?raw'
import selectCreditVersions from './sql/select_credit_versions.sql?raw'

const dayMs = 86_400_000

const rowId = z.string().regex(/^\d{1,18}$/)
const explainInput = z.object({
  website: websiteId,
  conversion: z.string().trim().min(1, 'must be the id or the order number of a conversion'),
  by: z.enum(['id', 'order'], 'must be id or order').optional(),
  name: z.string().min(1, 'must be the name of the conversion, for example purchase').optional(),
})

/**
 * Explains the conversion with this id or order number; `by` says which of the two it is, `name` which of several with the number is
 * meant. Throws a NotFoundError when the website has none, and an OperationError when the text may mean several.
 */
export async function explain(db: Db, input: unknown): Promise<Explanation> {
  const { website, conversion, by, name } = readInput(explainInput, input)
  if (by === 'id' && name !== undefined)
    throw new InputError([
      {
        field: 'name',
        message:
          'has no use beside an id, which names one conversion. Leave it out, or pass an order number.',
      },
    ])
  return explainConversion(db, website, await findConversion(db, { website, conversion, by, name }))
}

async function findConversion(
  db: Db,
  { website, conversion, by, name }: z.infer<typeof explainInput>,
): Promise<string> {
  const isId = by !== 'order' && rowId.safeParse(conversion).success
  const byId = isId ? (await loadConversion(db, website, conversion))?.id : undefined
  if (by === 'id' && byId === undefined) throw unknownConversion(website, conversion)
  if (by === 'id' && byId !== undefined) return byId
  try {
    const byOrder = await findByOrder(db, website, { conversionId: conversion, name })
    if (byId === undefined || byId === byOrder) return byOrder
  } catch (error) {
    if (byId === undefined || !(error instanceof NotFoundError)) throw error
    return byId
  }
  throw new OperationError(
    `${conversion} is the id of one conversion and the order number of another. Say which you mean: --by id or --by order.`,
  )
}

const unknownConversion = (website: string, id: string) =>
  new NotFoundError(`Website ${website} has no conversion ${id}. Pass the id or the order number of one.`)

/** Throws a NotFoundError when the website has no conversion with this id. */
export async function explainConversion(db: Db, website: string, id: string): Promise<Explanation> {
  const conversion = await loadConversion(db, website, id)
  if (!conversion) throw unknownConversion(website, id)
  const version = { website_id: website, conversion_id: id, version: conversion.attribution_version }
  const [order, credits, versions] = await Promise.all([
    loadOrderOf(db, website, conversion),
    run<VersionedCredit, keyof typeof version>(db, historySelect, version),
    run<VersionRow, keyof typeof version>(db, versionsSelect, version),
  ])
  const sale = isRefund(conversion) ? order.find((each) => !isRefund(each)) : undefined
  // A refund has the touches and weights of what it refunds.
  const credited = (sale && (await loadConversion(db, website, sale.id))) ?? conversion
  const person = await loadPerson(db, website, credited.person_id)
  const { touches, notListed } = await loadTouches(db, website, {
    customerIds: [...person.members, ...person.separatedAt.keys()],
    at: credited.at,
    ids: credits.map(({ touch_id }) => touch_id),
  })
  const current = credits.filter(({ version }) => version === conversion.attribution_version)
  const models = modelsOf(conversion, current)
  const queued = await loadQueuedReasons(db, website, new Set([...person.members, conversion.customer_id]))
  return {
    conversion: await toConversion(db, website, { conversion, sale }),
    person: person.explained,
    models,
    ...explainTouches(touches, {
      at: credited.at,
      lookbackMs: credited.lookback_days * dayMs,
      limit: touchesPerConversion,
      members: person.members,
      separatedAt: person.separatedAt,
      models: models.map(({ model }) => model),
      credits: current,
      isCounted: conversion.counted,
      hasValue: conversion.value_cents !== null,
    }),
    not_listed: notListed,
    order: explainOrder(conversion, order),
    versions: explainVersions(
      [{ version: 1, reason: 'first', at: conversion.created_at }, ...versions],
      credits,
    ),
    pending: queued.length > 0,
    pending_reasons: queued,
    time_zone: readSettings(conversion.settings).timeZone,
  }
}

/** By name; without any credit, the one that would attribute the conversion. */
function modelsOf(conversion: ConversionRow, credits: readonly VersionedCredit[]): ExplainedModel[] {
  const names = [...new Set(credits.map(({ model }) => model))].sort()
  const hasValue = conversion.value_cents !== null
  return (names.length > 0 ? names : [conversion.attribution_model]).map((model) => {
    const own = credits.filter((credit) => credit.model === model)
    const sum = (amounts: number[]) => amounts.reduce((total, each) => total + each, 0)
    return {
      model,
      value_cents: hasValue ? sum(own.map(({ value_cents }) => value_cents ?? 0)) : null,
      weight: sum(own.map(({ weight }) => weight)),
    }
  })
}

async function toConversion(
  db: Db,
  website: string,
  { conversion, sale }: { conversion: ConversionRow; sale: OrderRow | undefined },
): Promise<ExplainedConversion> {
  const { rule_id, rule_name, at } = conversion
  return {
    id: conversion.id,
    name: conversion.name,
    conversion_id: conversion.conversion_id,
    occurred_at: new Date(at).toISOString(),
    value_cents: conversion.value_cents,
    currency: conversion.currency,
    person_id: conversion.person_id,
    rule: rule_id === null ? null : { id: rule_id, name: rule_name },
    counted: conversion.counted,
    not_counted: await whyNotCounted(db, website, { conversion, sale }),
    lookback_days: conversion.lookback_days,
    default_model: conversion.attribution_model,
    attributed_touch_id: conversion.attributed_touch_id,
    first_touch_id: conversion.first_touch_id,
    last_non_direct_touch_id: conversion.last_non_direct_touch_id,
    version: conversion.attribution_version,
  }
}

async function whyNotCounted(
  db: Db,
  website: string,
  { conversion, sale }: { conversion: ConversionRow; sale: OrderRow | undefined },
): Promise<NotCounted | null> {
  if (conversion.counted) return null
  if (sale && !sale.counted) return { reason: 'refund_of_uncounted', conversion: sale.id }
  return {
    reason: conversion.counting === 'once_per_session' ? 'once_per_session' : 'once_per_customer',
    conversion: await loadCountedInstead(db, website, conversion),
  }
}

const historySelect = statement(selectCreditHistory, 'website_id', 'conversion_id', 'version')
const versionsSelect = statement(selectCreditVersions, 'website_id', 'conversion_id', 'version')
