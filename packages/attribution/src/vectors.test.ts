/** Compares our rules with the published vectors, except those of credit. */
import {
  hasVectors,
  readVectors as read,
  readVectorFile,
  type Vector,
} from '@headwater/testkit/published-vectors'
import { describe, expect, test } from 'vitest'
import { parseCampaign } from './campaign.ts'
import { type ChannelRulesetName, type ChannelSource, channelOf } from './channels.ts'
import { sourceMedium } from './click-ids.ts'
import { ga4SourceKinds } from './ga4-sources.ts'
import { crossesMidnight } from './midnight.ts'
import { referrerCategory, referrerDomain } from './referrer.ts'
import { continuesSession, type OpenSession } from './session.ts'
import { type Arrival, sourceOf, touchKeyText } from './touch.ts'

interface SessionInput {
  rule: {
    timeout_seconds: number
    max_length_seconds?: number
    split_at_midnight_tz?: string
    split_on_campaign_change?: boolean
  }
  events: { at: string; campaign?: string }[]
}

/** The indexes of the events of each session. */
function splitIntoSessions({ rule, events }: SessionInput): number[][] {
  const rules = {
    idleMs: rule.timeout_seconds * 1000,
    maxMs: (rule.max_length_seconds ?? Number.POSITIVE_INFINITY) * 1000,
    newCampaignStartsSession: rule.split_on_campaign_change ?? false,
  }
  const sessions: number[][] = []
  let open: OpenSession | undefined
  for (const [index, event] of events.entries()) {
    const at = Date.parse(event.at)
    const { campaign } = event
    const zone = rule.split_at_midnight_tz
    const isSameDay = !open || !zone || !crossesMidnight(open.lastSeenAt, at, zone)
    if (open && isSameDay && continuesSession(open, { at, campaign }, rules)) {
      open.lastSeenAt = at
      sessions.at(-1)?.push(index)
    } else {
      open = { startedAt: at, lastSeenAt: at, campaign }
      sessions.push([index])
    }
  }
  return sessions
}

interface ClickInput {
  landing_query: string
  referrer: string | null
}

/** Kinds of referrer that we distinguish beyond the five of the vectors. */
const isKindOfOurs = (category: string) => category === 'ai' || category === 'paid'

/** One of GA4's, Plausible's or PostHog's; each product has fields of its own. */
interface ChannelInput {
  source?: string | null
  medium?: string | null
  campaign?: string | null
  /** Plausible: the name or host of the referrer, or the tagged source again. */
  referrer_source_name?: string | null
  click_id_param?: string | null
  /** PostHog: a host, or `$direct`. */
  referrer?: string
  referring_domain?: string
  gclid?: string
  gad_source?: string
  msclkid?: string
}

function channelSourceOf(input: ChannelInput): ChannelSource {
  const { source, medium, campaign, referrer_source_name: name } = input
  const host = input.referrer ?? input.referring_domain ?? (name?.includes('.') ? name : undefined)
  const domain = host && referrerDomain(`https://${host}`, undefined)
  const utm = { source: source ?? (host ? undefined : name), medium, campaign }
  const clickIdType = input.click_id_param ?? ['gclid', 'gad_source', 'msclkid'].find((id) => id in input)
  const isDirect = !domain && !clickIdType && !Object.values(utm).some(Boolean)
  return { utm, clickIdType, referrerDomain: domain === '$direct' ? undefined : domain, isDirect }
}

/** Channels and kinds of domains that other products name otherwise. */
const ourChannels: Record<string, string> = {
  'AI Assistants': 'AI Assistant',
  'Cross Network': 'Cross-network',
  'Paid Unknown': 'Paid Other',
  Search: 'Organic Search',
  Shopping: 'Organic Shopping',
  Social: 'Organic Social',
}

/** Where our own ruleset departs from GA4's, on purpose. */
const departures: Record<string, string> = {
  'CG-GA4-D45': 'Affiliates',
  'CG-GA4-D49': 'AI Assistant',
}

type ChannelVector = Vector<ChannelInput, string> & { ruleset: string }

const channelVectors = read<ChannelVector>('channel-grouping')
const isOfGa4 = ({ ruleset }: ChannelVector) => ruleset === 'ga4'

function channelBy(ruleset: ChannelRulesetName, input: ChannelInput): string {
  return channelOf(channelSourceOf(input), { ruleset })
}

interface ReferrerInput {
  referrer: string | null
  page_host: string
}

interface CampaignInput {
  previous_campaign: RecordedCampaign | null
  current_campaign: RecordedCampaign
}

interface RecordedCampaign {
  utm_campaign?: string
  referring_domain?: string
}

function keyOf(recorded: RecordedCampaign | null): string | undefined {
  if (!recorded) return undefined
  const arrival: Arrival = { utm: { campaign: recorded.utm_campaign } }
  return touchKeyText({ ...sourceOf(arrival), referrerDomain: recorded.referring_domain })
}

describe.skipIf(!hasVectors)('published vectors', () => {
  test.each(read<Vector<SessionInput, { sessions: { events: number[] }[] }>>('sessions'))(
    'sessions $id',
    ({ input, expected }) => {
      expect(splitIntoSessions(input)).toEqual(expected.sessions.map(({ events }) => events))
    },
  )

  test.each(read<Vector<ClickInput, Record<string, unknown>>>('click-ids'))(
    'click ids $id',
    ({ input, expected }) => {
      const { utm, clickIds } = parseCampaign(`https://shop.example/${input.landing_query}`)
      const domain = referrerDomain(input.referrer ?? undefined, undefined)
      const category = domain && referrerCategory(domain)
      const found = sourceMedium({ utm, clickIds, referrerDomain: domain, referrerCategory: category })
      // The channel belongs to another rule, and we report no confidence.
      const { channel: _channel, confidence: _confidence, ...ours } = expected
      expect({ click_ids: clickIds, ...found }).toMatchObject(ours)
    },
  )

  test.each(read<Vector<ReferrerInput, { category: string; category_ext: string }>>('referrers'))(
    'referrers $id',
    ({ input, expected }) => {
      const domain = referrerDomain(input.referrer ?? undefined, `https://${input.page_host}/`)
      const isSilent = ['direct', 'internal', 'ignored'].includes(expected.category_ext)
      const category = referrerCategory(input.referrer ?? '')
      if (isSilent) expect(domain).toBeUndefined()
      else
        expect(category).toBe(isKindOfOurs(expected.category_ext) ? expected.category_ext : expected.category)
    },
  )

  test.each(channelVectors.filter(isOfGa4))('channels $id', ({ id, input, expected }) => {
    expect(channelBy('ga4', input)).toBe(expected)
    expect(channelBy('headwater', input)).toBe(departures[id] ?? expected)
  })

  test.each(channelVectors.filter((vector) => !isOfGa4(vector)))('channels $id', ({ input, expected }) => {
    expect(channelBy('headwater', input)).toBe(ourChannels[expected] ?? expected)
  })

  test('every source has the kind that GA4 gives it', () => {
    const rows: [string, string][] = hasVectors ? readVectorFile('ga4-source-categories').rows : []
    expect([...ga4SourceKinds].sort()).toEqual(rows.map(([name, kind]) => [name.toLowerCase(), kind]).sort())
  })

  test.each(read<Vector<{ referrer: string }, { excluded: boolean }>>('referrers', 'exclusion.vectors'))(
    'ignored referrers $id',
    ({ input, expected }) => {
      const { configured_exclusions: list, page_host: host } = readVectorFile('referrers').exclusion
      expect(referrerDomain(input.referrer, `https://${host}/`, list) === undefined).toBe(expected.excluded)
    },
  )

  test.each(
    read<Vector<{ page_url: string; referrer: string }, { type: string }>>('referrers', 'type_on_new_visit'),
  )('direct or website $id', ({ input, expected }) => {
    const touch = sourceOf({ url: input.page_url, referrerUrl: input.referrer })
    expect(touch.isDirect).toBe(expected.type === 'direct')
  })

  test.each(read<Vector<CampaignInput, { is_new_campaign: boolean }>>('referrers', 'new_campaign'))(
    'new campaign is a new touch $id',
    ({ input, expected }) => {
      const [before, now] = [input.previous_campaign, input.current_campaign].map(keyOf)
      expect(before !== now).toBe(expected.is_new_campaign)
    },
  )

  test.each(read<Vector<{ query: string }, Record<string, string>>>('referrers', 'utm_parsing'))(
    'utm $id',
    ({ input, expected }) => {
      const { utm } = parseCampaign(`https://shop.example/${input.query}`)
      const named = Object.entries(utm).map(([name, value]) => [`utm_${name}`, value])
      expect(Object.fromEntries(named)).toEqual(expected)
    },
  )
})
