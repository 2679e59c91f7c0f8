/** States when a browser says no for its visitor. */
import { afterEach, expect, test, vi } from 'vitest'
import { isRefused } from './refusal.ts'

afterEach(() => void vi.unstubAllGlobals())

test.each<[string, object, boolean | undefined, boolean]>([
  ['nothing is said', {}, true, false],
  ['Global Privacy Control is a no', { globalPrivacyControl: true }, undefined, true],
  ['also where Do Not Track is not respected', { globalPrivacyControl: true }, false, true],
  ['switched off it is none', { globalPrivacyControl: false }, true, false],
  ['Do Not Track is none by itself', { doNotTrack: '1' }, undefined, false],
  ['where the site respects it, it is one', { doNotTrack: '1' }, true, true],
  ['unless it says the contrary', { doNotTrack: '0' }, true, false],
  ['or nothing', { doNotTrack: null }, true, false],
])('%s', (_, navigator, respectDnt, expected) => {
  vi.stubGlobal('navigator', navigator)
  expect(isRefused(respectDnt)).toBe(expected)
})
