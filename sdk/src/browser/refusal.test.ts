/** States when a browser refuses for its visitor. */
import { afterEach, expect, test, vi } from 'vitest'
import { isRefused } from './refusal.ts'

afterEach(() => void vi.unstubAllGlobals())

test.each<[string, object, boolean | undefined, boolean]>([
  ['no signal is no refusal', {}, true, false],
  ['Global Privacy Control is a refusal', { globalPrivacyControl: true }, undefined, true],
  ['even where Do Not Track is not respected', { globalPrivacyControl: true }, false, true],
  ['switched off it is not a refusal', { globalPrivacyControl: false }, true, false],
  ['Do Not Track is not a refusal', { doNotTrack: '1' }, undefined, false],
  ['unless the site respects it', { doNotTrack: '1' }, true, true],
  ['switched off it is not a refusal even then', { doNotTrack: '0' }, true, false],
  ['or nothing', { doNotTrack: null }, true, false],
])('%s', (_, navigator, respectDnt, expected) => {
  vi.stubGlobal('navigator', navigator)
  expect(!!isRefused(respectDnt)).toBe(expected)
})
