/** Says whether the rules of a website would put a stored touch into another channel than it has. */
import { type ChannelSource, placeInChannel } from '@headwater/attribution/channels'
import type { NamedChannelRules } from '@headwater/server/website-settings'

/** A stored touch, with all that decides its channel. */
export interface TouchSourceRow {
  id: string
  customer_id: string
  type: string
  is_direct: boolean
  is_paid: boolean
  /** Null, like the ruleset: stored before channels were. */
  channel: string | null
  channel_ruleset: string | null
  click_id_type: string | null
  source: string | null
  medium: string | null
  campaign: string | null
  term: string | null
  content: string | null
  referrer_domain: string | null
}

/** A stored touch with what the rules make of it. */
export interface PlacedTouch {
  row: TouchSourceRow
  channel: string
  /** The name of the rules. */
  ruleset: string
  isPaid: boolean
  /** Its channel changes, or whether it was bought: reports and credit change with it. */
  isMoved: boolean
  /** Something of it has to be written. */
  isOutdated: boolean
}

/** Finds the channel of a stored touch, which is the one that ingest would give the same arrival. */
export function placeStoredTouch(row: TouchSourceRow, rules: NamedChannelRules): PlacedTouch {
  if (isUnreadable(row)) return unchanged(row)
  const { channel, isPaid } = placeInChannel(sourceOfRow(row), rules)
  const isMoved = channel !== row.channel || isPaid !== row.is_paid
  const isOutdated = isMoved || rules.name !== row.channel_ruleset
  return { row, channel, ruleset: rules.name, isPaid, isMoved, isOutdated }
}

/**
 * Beyond 10,000 new values a day, a value is stored as `(other)`, which says nothing about the source. The channel that ingest
 * gave the touch came from the value itself, and stays.
 */
function isUnreadable({ channel, source, medium, campaign, term, content, referrer_domain }: TouchSourceRow) {
  const values = [source, medium, campaign, term, content, referrer_domain]
  return channel !== null && values.includes('(other)')
}

const unchanged = (row: TouchSourceRow): PlacedTouch => ({
  row,
  channel: row.channel ?? '',
  ruleset: row.channel_ruleset ?? '',
  isPaid: row.is_paid,
  isMoved: false,
  isOutdated: false,
})

function sourceOfRow(row: TouchSourceRow): ChannelSource {
  const { source, medium, campaign, term, content } = row
  return {
    utm: { source, medium, campaign, term, content },
    clickIdType: row.click_id_type,
    referrerDomain: row.referrer_domain,
    isDirect: row.is_direct,
    type: row.type,
  }
}
