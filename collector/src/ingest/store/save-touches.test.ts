/** The metadata of a touch: values without a table of their own. */
import type { TouchSource } from '@headwater/attribution/touch'
import { expect, it } from 'vitest'
import { metadataOf } from './save-touches.ts'

it.each<[string, Partial<TouchSource>, object | null]>([
  ['nothing', { utm: { source: 'a', id: '' } }, null],
  ['the unchanged click id', { clickIdType: 'gclid', clickIdValue: 'AbC' }, { click_id: 'AbC' }],
  [
    'the four parameters of ad platforms',
    { utm: { id: '1', source_platform: 'p', creative_format: 'f', marketing_tactic: 't' } },
    { utm_id: '1', utm_source_platform: 'p', utm_creative_format: 'f', utm_marketing_tactic: 't' },
  ],
])('the metadata of a touch contain %s', (_, source, expected) => {
  const metadata = metadataOf({ source: { utm: {}, isDirect: false, ...source } })
  expect(JSON.parse(String(metadata))).toEqual(expected)
})
