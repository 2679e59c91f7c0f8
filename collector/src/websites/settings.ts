/** The settings of a website: allowed values, defaults, and how they are read from its row. */
import {
  type ChannelRule,
  type ChannelRulesetName,
  channelRulesets,
  readChannelRules,
} from '@headwater/attribution/channels'
import { type ModelChoice, models } from '@headwater/attribution/models'
import { modelKey } from '@headwater/attribution/models/model-key'
import { parseModel } from '@headwater/attribution/models/parse-model'
import type { WebsiteSettings } from '@headwater/server/website-settings'
import { z } from 'zod'
import { nameChannelRules } from '../channels/name-channel-rules.ts'

/** The settings that were changed, as stored in `websites.settings`. */
export type StoredSettings = z.infer<typeof settingsSchema>

/** A model as a text, stored with all of its parameters, so that it keeps its meaning should their defaults change. */
export const modelText = z.string('must be the name of a model').transform((text, { addIssue }) => {
  const parsed = parseModel(text)
  if ('model' in parsed) return modelKey(parsed.model)
  addIssue(`cannot be used. ${parsed.problem}`)
  return z.NEVER
})
export const modelTexts = z
  .array(modelText, 'must be a list of models')
  .min(1, 'must name at least one model')
  .max(20, 'must name at most 20 models')
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

export const lookbackDays = days(3_650)

export const settingsSchema = z
  .strictObject({
    time_zone: z.string().refine(isTimeZone, 'must be the name of a time zone, for example Europe/Berlin'),
    sessions_end_at_midnight: z.boolean('must be true or false'),
    lookback_days: lookbackDays,
    default_model: modelText,
    models: modelTexts,
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
  models: models.map(modelKey),
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
  return {
    timeZone: settings.time_zone,
    sessionsEndAtMidnight: settings.sessions_end_at_midnight,
    lookbackDays: settings.lookback_days,
    ...readModels(settings.default_model, settings.models),
    horizonDays: settings.horizon_days,
    ignoredReferrers: settings.ignored_referrers,
    eventsPerMinute: settings.events_per_minute,
    channels: nameChannelRules({ ruleset: settings.channel_ruleset, custom: settings.channel_rules }),
  }
}

/** The default model is always among the models, and each is there once. The texts must be valid. */
export function readModels(
  defaultModel: string,
  models: readonly string[],
): Pick<WebsiteSettings, 'defaultModel' | 'models'> {
  return {
    defaultModel: readModel(defaultModel),
    models: [...new Set([...models, defaultModel])].map(readModel),
  }
}

/** Its name alone where the text says no more, because the text of a name is known without writing it again. */
function readModel(text: string): ModelChoice {
  const parsed = parseModel(text)
  if ('problem' in parsed) throw new TypeError(parsed.problem)
  const { name, parameters, excludeDirect } = parsed.model
  return parameters || excludeDirect !== undefined ? parsed.model : name
}

function acceptable(stored: object): StoredSettings {
  const { shape } = settingsSchema
  const read = ([name, value]: [string, unknown]) => {
    if (!Object.hasOwn(shape, name)) return []
    const parsed = shape[name as keyof typeof shape].safeParse(value)
    return parsed.success ? [[name, parsed.data]] : []
  }
  return Object.fromEntries(Object.entries(stored).flatMap(read))
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
