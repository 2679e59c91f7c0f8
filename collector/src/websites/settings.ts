/** The settings of a website: allowed values, defaults, and how they are read from its row. */
import {
  type ChannelRule,
  type ChannelRulesetName,
  channelRulesets,
  readChannelRules,
} from '@headwater/attribution/channels'
import { type Model, models } from '@headwater/attribution/models'
import type { WebsiteSettings } from '@headwater/server/website-settings'
import { z } from 'zod'
import { nameChannelRules } from '../channels/name-channel-rules.ts'

/** The settings that were changed, as stored in `websites.settings`. */
export type StoredSettings = z.infer<typeof settingsSchema>

const model = z.enum(models as [Model, ...Model[]], `must be one of ${models.join(', ')}`) // not empty
const days = (max: number) => {
  const message = `must be a whole number of days, 1 to ${max}`
  return z.int(message).min(1, message).max(max, message)
}
const rulesetNames = Object.keys(channelRulesets) as [ChannelRulesetName, ...ChannelRulesetName[]] // its own keys
const channelRules = z.custom<readonly ChannelRule[]>().check(({ value, issues }) => {
  const read = readChannelRules(value)
  if (read.ok) return
  for (const problem of read.problems)
    issues.push({ code: 'custom', input: value, message: `cannot be used. ${problem}` })
})
const host = z.string().regex(/^[\w-]+(\.[\w-]+)+$/, 'must be host names, for example pay.example.com')

export const settingsSchema = z
  .strictObject({
    time_zone: z.string().refine(isTimeZone, 'must be the name of a time zone, for example Europe/Berlin'),
    sessions_end_at_midnight: z.boolean('must be true or false'),
    lookback_days: days(3_650),
    default_model: model,
    models: z.array(model).min(1, 'must name at least one model'),
    horizon_days: days(365),
    ignored_referrers: z.array(host),
    events_per_minute: z.int('must be a whole number of events').positive('must be at least 1').nullable(),
    channel_ruleset: z.enum(rulesetNames, `must be ${rulesetNames.join(' or ')}`),
    channel_rules: channelRules,
  })
  .partial()

export const defaultSettings: Required<StoredSettings> = {
  time_zone: 'UTC',
  sessions_end_at_midnight: false,
  lookback_days: 90,
  default_model: 'last_non_direct',
  models,
  horizon_days: 30,
  ignored_referrers: [],
  events_per_minute: null,
  channel_ruleset: 'headwater',
  channel_rules: [],
}

/**
 * The settings of a website; null: all defaults. The default model is always among the models. A stored value that this
 * version does not accept, written by hand or by a newer version, counts as not set: the website's events keep coming in.
 */
export function readSettings(stored: object | null): WebsiteSettings {
  const settings = { ...defaultSettings, ...acceptable(stored ?? {}) }
  const { models: enabled, default_model: defaultModel } = settings
  return {
    timeZone: settings.time_zone,
    sessionsEndAtMidnight: settings.sessions_end_at_midnight,
    lookbackDays: settings.lookback_days,
    defaultModel,
    models: enabled.includes(defaultModel) ? enabled : [...enabled, defaultModel],
    horizonDays: settings.horizon_days,
    ignoredReferrers: settings.ignored_referrers,
    eventsPerMinute: settings.events_per_minute,
    channels: nameChannelRules({ ruleset: settings.channel_ruleset, custom: settings.channel_rules }),
  }
}

function acceptable(stored: object): StoredSettings {
  const { shape } = settingsSchema
  const isAcceptable = ([name, value]: [string, unknown]) =>
    Object.hasOwn(shape, name) && shape[name as keyof typeof shape].safeParse(value).success
  return Object.fromEntries(Object.entries(stored).filter(isAcceptable))
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
