/** Compares our rules with the published vectors, where the checkout has them beside it. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseCampaign } from './campaign.ts'
import { type ChannelRulesetName, type ChannelSource, channelOf } from './channels.ts'
import { sourceMedium } from './click-ids.ts'
import {
  allocateCents,
  type CreditTouch,
  eligibleTouches,
  type Model,
  weigh,
  withoutDirect,
} from './credit.ts'
import { ga4SourceKinds } from './ga4-sources.ts'
import { crossesMidnight } from './midnight.ts'
import { referrerCategory, referrerDomain } from './referrer.ts'
import { continuesSession, type OpenSession } from './session.ts'
import { type Arrival, sourceOf, touchKeyText } from './touch.ts'

const folder = fileURLToPath(new URL('../../../../shared/vectors/', import.meta.url).href)
const isThere = existsSync(folder)
if (!isThere) console.log('vectors.test.ts: no vectors beside this checkout, nothing to compare with')

interface Vector<Input, Expected> {
  id: string
  input: Input
  expected: Expected
}

/** Vectors whose rule is not ours, on purpose. */
const exceptions: Record<string, string> = {
  'AM-SP-collapse-4': 'asks to collapse repeats across sessions; ours keeps them, as AM-PH-07 does',
  'AM-D-18-max-touches': 'asks for a cap on touches per conversion, an option that we do not have',
  'CG-PH-02': 'puts a tagged link without referrer into Direct; ours is Unassigned, as CG-GA4-30 is',
  'CG-PH-03': 'calls an arrival without any source Unknown; ours is Direct, as CG-PL-01 is',
  'CG-PH-25':
    'looks at the source before a campaign named shopping; ours keeps the order of GA4, as CG-GA4-D17 does',
  'RF-UTM-6': 'asks to keep custom utm_ parameters; the wire format has nine',
}

function readWhole(file: string) {
  return JSON.parse(readFileSync(`${folder}${file}.json`, 'utf8'))
}

/** Reads the list at `path` in a file, for example `money_rounding.vectors`; empty without the folder. */
function read<V extends { id: string }>(file: string, path = 'vectors'): V[] {
  if (!isThere) return []
  const list: V[] = path.split('.').reduce((part, name) => part[name], readWhole(file))
  return list.filter(({ id }) => !(id in exceptions))
}

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

interface ModelInput {
  conversion: { at: string }
  touches: { id: string; at: string; channel: string; seq?: number }[]
  model: string
  options?: { lookback_seconds?: number; exclude_direct?: boolean }
}

const ourModels: Record<string, Model> = {
  first_touch: 'first',
  last_touch: 'last',
  last_non_direct: 'last_non_direct',
  linear: 'linear',
}

function touchesOf({ touches, conversion, options }: ModelInput): readonly CreditTouch[] {
  const lookbackMs = (options?.lookback_seconds ?? Number.POSITIVE_INFINITY) * 1000
  const all = touches.map((touch) => ({
    ...touch,
    at: Date.parse(touch.at),
    isDirect: touch.channel === 'direct',
  }))
  const eligible = eligibleTouches(all, Date.parse(conversion.at), lookbackMs)
  return options?.exclude_direct ? withoutDirect(eligible) : eligible
}

/** Kinds of referrer that we tell apart beyond the five of the vectors. */
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

describe.skipIf(!isThere)('published vectors', () => {
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

  test('a click id and its referrer give the channel CL-11', () => {
    const { input, expected } = read<Vector<ClickInput, { channel: string }>>('click-ids').find(
      ({ id }) => id === 'CL-11',
    )!
    const arrival = {
      url: `https://shop.example/${input.landing_query}`,
      referrerUrl: input.referrer ?? undefined,
    }
    expect(channelOf(sourceOf(arrival), { ruleset: 'headwater' })).toBe(expected.channel)
  })

  // GA4's rows bind its ruleset. Ours follows them, and the rows of Plausible and PostHog, except for those named above.
  test.each(channelVectors.filter(isOfGa4))('channels $id', ({ id, input, expected }) => {
    expect(channelBy('ga4', input)).toBe(expected)
    expect(channelBy('headwater', input)).toBe(departures[id] ?? expected)
  })

  test.each(channelVectors.filter((vector) => !isOfGa4(vector)))('channels $id', ({ input, expected }) => {
    expect(channelBy('headwater', input)).toBe(ourChannels[expected] ?? expected)
  })

  test('every source has the kind that GA4 gives it', () => {
    const rows: [string, string][] = isThere ? readWhole('ga4-source-categories').rows : []
    expect([...ga4SourceKinds].sort()).toEqual(rows.map(([name, kind]) => [name.toLowerCase(), kind]).sort())
  })

  test.each(
    read<Vector<ModelInput, { weights: Record<string, number> }>>('attribution-models').filter(
      ({ input }) => input.model in ourModels,
    ),
  )('models $id', ({ input, expected }) => {
    const weights = weigh(ourModels[input.model]!, touchesOf(input))
    for (const [id, weight] of Object.entries(expected.weights)) {
      expect(weights.get(id) ?? 0).toBeCloseTo(weight, 6)
    }
    expect([...weights.keys()].every((id) => id in expected.weights)).toBe(true)
  })

  test.each(
    read<Vector<{ value_minor: number; weights: number[] }, number[]>>(
      'attribution-models',
      'money_rounding.vectors',
    ),
  )('money $id', ({ input, expected }) =>
    expect(allocateCents(input.value_minor, input.weights)).toEqual(expected),
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

  test.each(read<Vector<{ referrer: string }, { excluded: boolean }>>('referrers', 'exclusion.vectors'))(
    'ignored referrers $id',
    ({ input, expected }) => {
      const { configured_exclusions: list, page_host: host } = readWhole('referrers').exclusion
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
