/** What a touch keeps beside the values that have tables. */
import type { TouchSource } from '@headwater/attribution/touch'
import { expect, it } from 'vitest'
import { metadataOf } from './save-touches.ts'

it.each<[string, Partial<TouchSource>, object | null]>([
  ['nothing', { utm: { source: 'a', id: '' } }, null],
  ['the click id as it came', { clickIdType: 'gclid', clickIdValue: 'AbC' }, { click_id: 'AbC' }],
  [
    'the four parameters by which ad platforms know it',
    { utm: { id: '1', source_platform: 'p', creative_format: 'f', marketing_tactic: 't' } },
    { utm_id: '1', utm_source_platform: 'p', utm_creative_format: 'f', utm_marketing_tactic: 't' },
  ],
])('the metadata of a touch hold %s', (_, source, expected) => {
  const metadata = metadataOf({ source: { utm: {}, isDirect: false, ...source } })
  expect(JSON.parse(String(metadata))).toEqual(expected)
})
