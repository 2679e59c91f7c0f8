/** States how options are read when they are texts. */
import { expect, test } from 'vitest'
import { isOn, namesIn } from './attributes.ts'
import { isListed } from './hosts.ts'

test.each([
  [undefined, true],
  [true, true],
  ['', true],
  ['true', true],
  [false, false],
  ['false', false],
])('a switch %j is on: %s', (option, expected) => {
  expect(isOn(option)).toBe(expected)
})

test.each([
  [undefined, []],
  ['', []],
  ['PDF,zip , doc\n7z', ['pdf', 'zip', 'doc', '7z']],
  ['["pdf", "Zip"]', ['pdf', 'zip']],
  [
    ['PDF', ' zip '],
    ['pdf', 'zip'],
  ],
])('the names in %j are %j', (option, expected) => {
  expect(namesIn(option)).toEqual(expected)
})

test.each([
  ['shop.example', true],
  ['www.shop.example', false],
  ['other.example', true],
  ['a.b.other.example', true],
  ['another.example', false],
  ['other.example.evil.example', false],
])('%s is listed by shop.example and .other.example: %s', (host, expected) => {
  expect(isListed(host, ['shop.example', '.other.example'])).toBe(expected)
})
