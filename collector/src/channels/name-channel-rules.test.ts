/** The channel rules of a website, in its settings and by their name. */
import type { ChannelRule } from '@headwater/attribution/channels'
import { expect, it } from 'vitest'
import { readSettings, settingsSchema } from '../websites/settings.ts'
import { nameChannelRules } from './name-channel-rules.ts'

const rule = (value: string): ChannelRule => ({
  channel: 'Partners',
  conditions: [{ field: 'source', op: 'is', value }],
})

it('the name of a ruleset alone is its name with its version', () => {
  expect(readSettings(null).channels).toEqual({ ruleset: 'headwater', custom: [], name: 'headwater@1' })
  expect(readSettings({ channel_ruleset: 'ga4' }).channels.name).toBe('ga4@1')
})

it('rules of a website change the name, the same rules always alike', () => {
  const nameOf = (custom: ChannelRule[]) => nameChannelRules({ ruleset: 'headwater', custom }).name
  expect(nameOf([rule('a')])).toMatch(/^headwater@1\+[0-9a-f]{8}$/)
  expect(nameOf([rule('a')])).toBe(nameOf([rule('a')]))
  expect(
    new Set([nameOf([rule('a')]), nameOf([rule('b')]), nameOf([rule('a'), rule('b')]), nameOf([])]).size,
  ).toBe(4)
})

it('the order of keys, which a database may change, does not matter', () => {
  const { channel, conditions } = rule('a')
  const reordered = { conditions: conditions.map(({ field, op }) => ({ value: 'a', op, field })), channel }
  const custom = [reordered as ChannelRule] // the same keys
  expect(nameChannelRules({ ruleset: 'ga4', custom })).toMatchObject({
    name: nameChannelRules({ ruleset: 'ga4', custom: [rule('a')] }).name,
  })
})

it('rules that cannot be used are refused, each fault with its place', () => {
  const problemsOf = (channel_rules: unknown) =>
    settingsSchema.safeParse({ channel_rules }).error?.issues.map(({ path, message }) => [path[0], message])
  expect(problemsOf([rule('a'), { channel: '', conditions: [] }])).toEqual([
    ['channel_rules', expect.stringContaining('Channel rule 2: `channel` must be')],
    ['channel_rules', expect.stringContaining('Channel rule 2: `conditions` must be')],
  ])
  expect(settingsSchema.safeParse({ channel_ruleset: 'ga3' }).error?.issues[0]?.message).toBe(
    'must be headwater or ga4',
  )
})
