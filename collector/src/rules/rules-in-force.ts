/** Loads the rules of a website as they are now, compiled, with what decides how they are applied to history. */
import { createHash } from 'node:crypto'
import type { Matcher } from '@headwater/attribution/matcher/matcher'
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { ConversionRule } from '@headwater/server/conversion-rule'
import type { WebsiteSettings } from '@headwater/server/website-settings'
import { loadWebsiteSettings } from '../websites/load-settings.ts'
import { readRules } from './read-rules.ts'
import { sizeOf } from './rule-size.ts'
import { loadRules } from './rules.ts'
import selectRulesAge from './sql/select_rules_age.sql?raw'

export interface RulesInForce {
  compiled: ConversionRule[]
  matchers: Matcher[]
  website: WebsiteSettings
  version: string
  /** Conditions and groups of all matchers. */
  conditions: number
  /** Since the latest change of a rule, paused ones included. */
  ageMs: number
}

/** Throws when an active rule cannot be read by this version: history would lose its conversions. */
export async function loadRulesInForce(tx: Queries, websiteId: string): Promise<RulesInForce> {
  const params = { website_id: websiteId }
  const [rules, [age], website] = await Promise.all([
    loadRules(tx, websiteId),
    run<{ age_ms: number | null }, 'website_id'>(tx, rulesAge, params),
    loadWebsiteSettings(tx, websiteId),
  ])
  const active = rules.filter(({ status }) => status === 'active')
  const compiled = readRules(active)
  if (compiled.length < active.length)
    throw new Error('A conversion rule cannot be read by this version. Upgrade, or change the rule.')
  const matchers = active.map(({ matcher }) => matcher as Matcher) // readRules has checked them
  const version = createHash('sha256').update(JSON.stringify(rules)).digest('base64url')
  return {
    compiled,
    matchers,
    conditions: sizeOf(matchers).nodes,
    website,
    version,
    ageMs: age?.age_ms ?? Number.POSITIVE_INFINITY,
  }
}

const rulesAge = statement(selectRulesAge, 'website_id')
