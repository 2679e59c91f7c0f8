/** Loads the conversions that are to be credited again, with the rules for it and all others of their orders, and their stored credits. */
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Conversion, Credited, CreditRules } from '../conversion.ts'
import { creditRules } from '../credit-rules.ts'
import { loadPaths, type Path } from '../paths.ts'
import { type CreditedRow, readCredited } from '../stored-credit.ts'
import type { PersonTasks } from './person-tasks.ts'
import type { Member } from './persons.ts'
import selectConversionsToCredit from './sql/select_conversions_to_credit.sql?raw'
import selectCreditSettings from './sql/select_credit_settings.sql?raw'
import selectStoredCredits from './sql/select_stored_credits.sql?raw'

/** A conversion as it is stored. */
export interface StoredConversion extends Conversion {
  id: number
  /** Of its current credit. */
  version: number
  /** The person whose conversion it is; undefined: another person's, loaded because it is part of one of these orders. */
  personId: string | undefined
  /** The place of its person in the list of persons; null: it is loaded only because it is part of one of these orders. */
  rank: number | null
}

/**
 * The next conversions after the positions of the persons, in order of person and id. The persons, who are ranked by their place
 * in the list, must be locked. Sends all statements in one round trip.
 */
export async function loadConversions(
  tx: Queries,
  { members, persons: ranked, limit }: Wanted,
): Promise<StoredConversion[]> {
  const websites = [...new Set(members.map(({ websiteId }) => websiteId))].map((id) => ({ id }))
  const places = new Map(ranked.map(({ personId, position }, rank) => [personId, { rank, position }]))
  const due = members.flatMap((member): DueMember[] => {
    const place = places.get(member.personId)
    return place ? [{ ...member, ...place }] : []
  })
  const [rows, settingsRows] = await Promise.all([
    runRows<ConversionRow, DueMember, 'limit'>(tx, conversionSelect, due, { limit }),
    runRows<SettingsRow, { id: string }>(tx, settingsSelect, websites),
  ])
  const rulesOf = createRules(settingsRows)
  const persons = new Map(members.map(({ id, personId }) => [id, personId]))
  return rows.map((row) => ({
    ...toConversion(row, rulesOf(row)),
    id: row.id,
    version: row.attribution_version,
    personId: persons.get(row.customer_id),
    rank: row.rank,
  }))
}

export interface Wanted {
  persons: readonly PersonTasks[]
  /** Their customers. */
  members: readonly Member[]
  /** Conversions, without the others of their orders. */
  limit: number
}

/** A customer whose conversions after a position are due. */
type DueMember = Member & { rank: number; position: number }

export type PersonPathOf = (conversion: StoredConversion) => Path

/** The paths of the persons' conversions: one for all customers of a person, who may be hundreds. */
export async function loadPersonPaths(
  tx: Queries,
  conversions: readonly StoredConversion[],
): Promise<PersonPathOf> {
  const ofPerson = (one: StoredConversion) => ({ ...one, customerId: one.personId ?? one.customerId })
  const pathOf = await loadPaths(tx, conversions.filter(({ personId }) => personId).map(ofPerson))
  return (conversion) => pathOf(ofPerson(conversion))
}

/** The current credits of these conversions, by id. */
export async function loadStoredCredits(
  tx: Queries,
  conversions: readonly StoredConversion[],
): Promise<Map<number, Credited>> {
  const rows = await runRows<CreditedRow & { id: number }, StoredConversion>(tx, creditSelect, conversions)
  return new Map(rows.map((row) => [row.id, readCredited(row)]))
}

/** Conversions of one website and rule share an object. */
function createRules(settingsRows: readonly SettingsRow[]): (row: ConversionRow) => CreditRules {
  const settings = new Map(settingsRows.map((row) => [row.id, row.settings]))
  const known = new Map<string, CreditRules>()
  return ({
    website_id: websiteId,
    rule_id: ruleId,
    rule_lookback_days,
    rule_default_model,
    rule_models,
  }) => {
    const key = `${websiteId} ${ruleId}`
    const decided = {
      lookback_days: rule_lookback_days,
      default_model: rule_default_model,
      models: rule_models,
    }
    const rules = known.get(key) ?? creditRules(settings.get(websiteId) ?? null, decided)
    known.set(key, rules)
    return rules
  }
}

const toConversion = (row: ConversionRow, rules: CreditRules): Conversion => ({
  websiteId: row.website_id,
  customerId: row.customer_id,
  sessionId: null, // not loaded: it earns no credit and loses none
  eventId: row.event_id,
  name: row.name,
  conversionId: row.conversion_id,
  occurredAt: row.occurred_at,
  valueCents: row.value_cents,
  currency: row.currency,
  counted: row.counted,
  rules,
})

interface ConversionRow {
  website_id: string
  id: number
  customer_id: string
  event_id: string
  name: string
  conversion_id: string | null
  occurred_at: number
  value_cents: number | null
  currency: string | null
  counted: boolean
  attribution_version: number
  rule_id: string | null
  rule_lookback_days: number | null
  rule_default_model: string | null
  rule_models: string[] | null
  rank: number | null
}

interface SettingsRow {
  id: string
  settings: object | null
}

const conversionSelect = rowStatement<DueMember, 'limit'>(
  selectConversionsToCredit,
  {
    website_id: ({ websiteId }) => websiteId,
    customer_id: ({ id }) => id,
    rank: ({ rank }) => rank,
    position: ({ position }) => position,
  },
  'limit',
)

const creditSelect = rowStatement<StoredConversion>(selectStoredCredits, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
})

const settingsSelect = rowStatement<{ id: string }>(selectCreditSettings, { id: ({ id }) => id })
