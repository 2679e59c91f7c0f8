/** Loads a conversion with its rule, and the one that a rule counts instead of it. */
import type { Db } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { StoredSettings } from '../../websites/settings.ts'
import selectConversion from './sql/select_conversion.sql?raw'
import selectCountedInstead from './sql/select_counted_instead.sql?raw'

/** A conversion as stored. Times are epoch ms. */
export interface ConversionRow {
  id: string
  customer_id: string
  person_id: string
  session_id: string | null
  name: string
  conversion_id: string | null
  at: number
  created_at: number
  value_cents: number | null
  currency: string | null
  counted: boolean
  over_refund_cents: number
  first_touch_id: string | null
  last_non_direct_touch_id: string | null
  attributed_touch_id: string | null
  attribution_model: string
  attribution_version: number
  lookback_days: number
  rule_id: string | null
  rule_name: string | null
  /** Null: no rule. */
  counting: string | null
  /** Of the website. */
  settings: StoredSettings | null
}

/** Undefined: the website has no such conversion. */
export async function loadConversion(
  db: Db,
  websiteId: string,
  id: string,
): Promise<ConversionRow | undefined> {
  const params = { website_id: websiteId, id }
  const [row] = await run<ConversionRow, keyof typeof params>(db, conversionSelect, params)
  return row
}

/** The id of the conversion that counts instead of this one; null: there is none any more. */
export async function loadCountedInstead(
  db: Db,
  websiteId: string,
  { rule_id, person_id, session_id, counting }: ConversionRow,
): Promise<string | null> {
  const params = {
    website_id: websiteId,
    rule_id,
    person_id,
    session_id: counting === 'once_per_session' ? session_id : null,
  }
  const [row] = await run<{ id: string }, keyof typeof params>(db, countedInsteadSelect, params)
  return row?.id ?? null
}

const conversionSelect = statement(selectConversion, 'website_id', 'id')
const countedInsteadSelect = statement(
  selectCountedInstead,
  'website_id',
  'rule_id',
  'person_id',
  'session_id',
)
