/** What a website decides for itself; every field has a default (collector/src/websites/settings.ts). */
import type { ChannelRules } from '@headwater/attribution/channels'
import type { ModelChoice } from '@headwater/attribution/models'

export interface WebsiteSettings {
  /** IANA name of the time zone in which the website's days begin. Default UTC. */
  timeZone: string
  /** Whether midnight in `timeZone` ends a session. Default false. */
  sessionsEndAtMidnight: boolean
  /** How far before a conversion a touch still earns credit, in days. Default 90. */
  lookbackDays: number
  /** The model that decides `attributed_touch_id` and `attribution_weight`. Default `last_non_direct`. */
  defaultModel: ModelChoice
  /** The models whose credit is stored, the default one among them. Default: first, last, last_non_direct and linear. */
  models: readonly ModelChoice[]
  /** How old an event may be when it arrives, in days. Default 30. */
  horizonDays: number
  /** Hosts that only pass visitors on (payment, sign-in), in addition to the built-in list. Default none. */
  ignoredReferrers: readonly string[]
  /** Events that each of its tokens may send in a minute; null: no limit. Default null. */
  eventsPerMinute: number | null
  /** What decides the channel of a touch. Default: the ruleset `headwater`, without rules of the website's own. */
  channels: NamedChannelRules
}

/** Channel rules with their name, which each touch keeps beside its channel. */
export interface NamedChannelRules extends ChannelRules {
  /** The ruleset with its version, and what identifies the website's own rules, if there are any: `headwater@1+3f2a9c41`. */
  name: string
}
