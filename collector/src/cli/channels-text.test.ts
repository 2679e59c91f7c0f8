/** What `headwater channels` prints, and previews that come in parts. */
import { expect, it } from 'vitest'
import { addPreviews, type ChannelPreview } from '../channels/preview-channels.ts'
import { channelListText, channelPreviewText } from './channels-text.ts'

const preview = (fields: Partial<ChannelPreview> = {}): ChannelPreview => ({
  ruleset: 'ga4@1',
  touches: 1_000,
  renamed: 900,
  moves: [
    {
      from: 'Email',
      to: 'Unassigned',
      touches: 1,
      conversions: 1,
      value: [{ currency: 'EUR', cents: 1_050 }],
    },
  ],
  conversions: 1,
  cursor: 'conversions.0',
  ...fields,
})

it('a preview in parts adds up, moves and currencies each by itself', () => {
  const second = preview({
    moves: [
      { from: null, to: 'Direct', touches: 3, conversions: 0, value: [] },
      {
        from: 'Email',
        to: 'Unassigned',
        touches: 1,
        conversions: 2,
        value: [
          { currency: 'EUR', cents: 50 },
          { currency: 'JPY', cents: 7 },
        ],
      },
    ],
    cursor: null,
  })
  expect(addPreviews(preview(), second)).toEqual({
    ruleset: 'ga4@1',
    touches: 2_000,
    renamed: 1_800,
    moves: [
      { from: null, to: 'Direct', touches: 3, conversions: 0, value: [] },
      {
        from: 'Email',
        to: 'Unassigned',
        touches: 2,
        conversions: 3,
        value: [
          { currency: 'EUR', cents: 1_100 },
          { currency: 'JPY', cents: 7 },
        ],
      },
    ],
    conversions: 2,
    cursor: null,
  })
})

it('a preview names touches, conversions and money', () => {
  const text = channelPreviewText(preview())
  expect(text).toContain('Looked at 1,000 touches by the rules ga4@1.')
  expect(text).toContain('Email → Unassigned: 1 touch, 1 conversion, 10.50 EUR')
  expect(text).toContain('Nothing is changed yet.')
  expect(channelPreviewText(preview({ moves: [] }))).toContain('All of them are in the right channel.')
})

it('rules are listed in the order in which they decide', () => {
  const text = channelListText({
    ruleset: 'headwater@1+3f2a9c41',
    rules: [{ channel: 'Partners', conditions: [{ field: 'source', op: 'in', values: ['a', 'b'] }] }],
    channels: ['Direct', 'Unassigned'],
  })
  expect(text).toBe(
    'Rules headwater@1+3f2a9c41\n1  Partners  if source in ["a","b"]\nthen: Direct, Unassigned',
  )
})
