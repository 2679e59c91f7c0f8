/** What the start page shows: the newest rows of a website, with readable names. */
import { type SourceEvidence, sourceMedium } from '@headwater/attribution/click-ids'
import { formatMoney } from '@headwater/contract/currencies'
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import selectLiveConversions from './sql/select_live_conversions.sql?raw'
import selectLiveEvents from './sql/select_live_events.sql?raw'
import selectLiveSessions from './sql/select_live_sessions.sql?raw'
import selectLiveTotals from './sql/select_live_totals.sql?raw'
import selectLiveTouches from './sql/select_live_touches.sql?raw'

const live = {
  totals: statement(selectLiveTotals, 'website_id'),
  events: statement(selectLiveEvents, 'website_id'),
  sessions: statement(selectLiveSessions, 'website_id'),
  touches: statement(selectLiveTouches, 'website_id'),
  conversions: statement(selectLiveConversions, 'website_id'),
}

export interface LiveEvent {
  at: string
  type: string
  name: string
  verdict: 'accepted' | 'duplicate' | 'rejected'
  code: string | null
  path: string | null
  message: string | null
  customer_id: string | null
  session_id: string | null
  url: string | null
}

export interface LiveView {
  totals: Record<
    'events' | 'customers' | 'sessions' | 'touches' | 'conversions' | 'duplicates' | 'rejected',
    number
  >
  events: LiveEvent[]
  sessions: unknown[]
  touches: unknown[]
  conversions: unknown[]
}

/** A source, as stored in the dimension tables. */
interface SourceRow {
  source: string | null
  medium: string | null
  campaign: string | null
  referrer_domain: string | null
  referrer_category: string | null
  click_id_type: string | null
  /** Only of a touch: labels a contact without a source. */
  type?: string
}

interface TouchRow extends SourceRow {
  id: string
  is_direct: boolean
}

interface ConversionRow {
  touches: TouchRow[]
  credits: { touch_id: string; value_cents: number | null }[]
  first_touch_id: string
  last_non_direct_touch_id: string
  value_cents: number | null
  currency: string | null
}

export async function readLiveView(db: Queries, websiteId: string): Promise<LiveView> {
  const [[totals], events, sessions, touches, conversions] = await Promise.all([
    run<LiveView['totals'], 'website_id'>(db, live.totals, { website_id: websiteId }),
    run<LiveEvent, 'website_id'>(db, live.events, { website_id: websiteId }),
    run<SourceRow, 'website_id'>(db, live.sessions, { website_id: websiteId }),
    run<TouchRow, 'website_id'>(db, live.touches, { website_id: websiteId }),
    run<ConversionRow, 'website_id'>(db, live.conversions, { website_id: websiteId }),
  ])
  return {
    totals: totals as LiveView['totals'], // without `from`, the statement returns one row
    events,
    sessions: sessions.map((row) => ({ ...row, source: labelOf(row) })),
    touches: touches.map((row) => ({ ...row, label: labelOf(row), kind: kindOf(row) })),
    conversions: conversions.map(showConversion),
  }
}

function showConversion({ touches, ...row }: ConversionRow) {
  const labels = new Map(touches.map((touch) => [touch.id, labelOf(touch)]))
  return {
    ...row,
    value: money(row.value_cents, row.currency),
    first_touch: labels.get(row.first_touch_id) ?? null,
    last_non_direct_touch: labels.get(row.last_non_direct_touch_id) ?? null,
    credits: row.credits.map((credit) => ({
      ...credit,
      value: money(credit.value_cents, row.currency),
      label: labels.get(credit.touch_id) ?? `touch ${credit.touch_id}`,
    })),
  }
}

function money(cents: number | null, currency: string | null): string | null {
  return cents === null || currency === null ? null : `${formatMoney(cents, currency)} ${currency}`
}

function labelOf(row: SourceRow): string {
  const { source, medium, campaign, referrer_domain, type = 'landing' } = row
  const tagged = [source, medium, campaign].filter((part) => part !== null)
  if (tagged.length > 0) return tagged.join(' / ')
  const implied = sourceMedium(evidenceOf(row))
  if (row.click_id_type && implied.source) return `${implied.source} / ${implied.medium}`
  return referrer_domain ?? (type === 'landing' ? 'Direct' : type)
}

function kindOf(row: TouchRow): string {
  if (row.is_direct) return 'Direct'
  const { paid, medium } = sourceMedium(evidenceOf(row))
  if (paid) return 'Paid'
  if (medium === 'ai-assistant') return 'AI assistant'
  if (row.source !== null || row.medium !== null) return 'Campaign'
  return kindByMedium[medium ?? ''] ?? 'Referral'
}

const kindByMedium: Record<string, string> = { organic: 'Organic', social: 'Social', email: 'Email' }

function evidenceOf(row: SourceRow): SourceEvidence {
  const { source, medium, click_id_type, referrer_domain, referrer_category } = row
  return {
    utm: { source: source ?? undefined, medium: medium ?? undefined },
    clickIds: click_id_type ? { [click_id_type]: 'x' } : {}, // only the type matters here
    referrerDomain: referrer_domain ?? undefined,
    referrerCategory: referrer_category ?? undefined,
  }
}
