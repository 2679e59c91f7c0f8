/** What a touch keeps beside the values that have tables. */
import type { TouchSource } from '@headwater/attribution/touch'
import { expect, it } from 'vitest'
import type { PlacedEvent } from './event-rows.ts'
import { touchColumns } from './touch-rows.ts'

it.each<[string, Partial<TouchSource>, object | null]>([
  ['nothing', { utm: { source: 'a', id: '' } }, null],
  ['the click id as it came', { clickIdType: 'gclid', clickIdValue: 'AbC' }, { click_id: 'AbC' }],
  [
    'the four parameters that ad platforms know it by',
    { utm: { id: '1', source_platform: 'p', creative_format: 'f', marketing_tactic: 't' } },
    { utm_id: '1', utm_source_platform: 'p', utm_creative_format: 'f', utm_marketing_tactic: 't' },
  ],
])('the metadata of a touch hold %s', (_, source, expected) => {
  const touch = {
    key: 'k',
    type: 'landing',
    at: 0,
    origin: { source: { utm: {}, isDirect: false, ...source } },
  }
  const placed = {} as PlacedEvent // metadata are the touch's own
  const written = touchColumns.metadata?.({ touch, placed, session: undefined, originIds: undefined })
  expect(JSON.parse(String(written))).toEqual(expected)
})
