/** The options of `headwater website settings`. */
import { expect, it } from 'vitest'
import { settingsSchema } from '../websites/settings.ts'
import { readSettingOptions, settingOptions } from './setting-options.ts'

it('every setting has an option, and every option is a setting', () => {
  const names = Object.keys(settingOptions).map((name) => name.replaceAll('-', '_'))
  expect(names.sort()).toEqual(Object.keys(settingsSchema.shape).sort())
})

it.each<[string, string, unknown]>([
  ['time-zone', 'Europe/Berlin', 'Europe/Berlin'],
  ['sessions-end-at-midnight', 'true', true],
  ['sessions-end-at-midnight', 'false', false],
  ['lookback-days', '30', 30],
  ['default-model', 'position_based', 'position_based'],
  ['models', 'first, linear', ['first', 'linear']],
  ['models', 'custom:first=30,middle=20,last=50,last', ['custom:first=30,middle=20,last=50', 'last']],
  [
    'models',
    'linear:exclude_direct=true,w_shaped:lead_event=signup,deal_event=order',
    ['linear:exclude_direct=true', 'w_shaped:lead_event=signup,deal_event=order'],
  ],
  ['ignored-referrers', '', []],
  ['events-per-minute', '6000', 6000],
  ['events-per-minute', 'none', null],
])('--%s %s is accepted', (name, text, value) => {
  const settings = readSettingOptions({ [name]: text, website: '1', json: true })
  expect(settings).toEqual({ [name.replaceAll('-', '_')]: value })
  expect(settingsSchema.safeParse(settings).success).toBe(true)
})

it.each([
  ['time-zone', 'Mars/Olympus'],
  ['sessions-end-at-midnight', 'maybe'],
  ['lookback-days', '-1'],
  ['lookback-days', '4000'],
  ['default-model', 'best'],
  ['models', 'first,best'],
  ['models', ''],
  ['models', 'half_life_days=7'],
  ['models', 'time_decay:half_life_days=0'],
  ['horizon-days', 'many'],
  ['ignored-referrers', 'https://pay.example.com/'],
  ['events-per-minute', '0'],
])('--%s %s is refused', (name, text) => {
  expect(settingsSchema.safeParse(readSettingOptions({ [name]: text })).success).toBe(false)
})
