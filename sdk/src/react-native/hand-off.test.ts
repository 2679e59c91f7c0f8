/** States which links bring a visitor from the website. The links are those that extras/links.ts makes. */
import { noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { recordInLink } from './hand-off.ts'

const record = '1.0199a.0199b.1763632800000'
const withRecord = (atMs = noon, rest = '') =>
  `hw_link=${record}.1763632805000.${atMs.toString(36)}.1abc2d${rest}`
const hosts = ['app.shop.example']

describe('a link brings a visitor, seen now,', () => {
  test.each([
    ['of a listed host', `https://app.shop.example/p/1?${withRecord()}`, hosts],
    ['with other parameters around it', `https://app.shop.example/?a=1&${withRecord(noon, '&b=2')}#c`, hosts],
    ['in capitals', `HTTPS://APP.shop.example/?${withRecord()}`, hosts],
    ['of a subdomain of a listed host', `https://a.b.shop.example/?${withRecord()}`, ['.shop.example']],
    ['just under two minutes old', `https://app.shop.example/?${withRecord(noon - 119_999)}`, hosts],
  ])('%s', (_, url, listed) => {
    expect(recordInLink(url, listed, noon)).toBe(`${record}.${noon}`)
  })
})

describe('a link brings no visitor', () => {
  test.each([
    ['of another host', `https://shop.example/?${withRecord()}`],
    ['of a host that only ends alike', `https://evilapp.shop.example/?${withRecord()}`],
    ['with the host as its user name', `https://app.shop.example@evil.example/?${withRecord()}`],
    ['with a scheme that any app may use', `shop://app.shop.example/?${withRecord()}`],
    ['two minutes old', `https://app.shop.example/?${withRecord(noon - 120_000)}`],
    ['from the future', `https://app.shop.example/?${withRecord(noon + 120_000)}`],
    ['without a record', 'https://app.shop.example/?a=1'],
    ['cut short', `https://app.shop.example/?${withRecord()}`.slice(0, -20)],
    ['in the fragment', `https://app.shop.example/#?${withRecord()}`],
    ['with a record of another form', 'https://app.shop.example/?hw_link=2.a.b.1.2.abc.def'],
  ])('%s', (_, url) => {
    expect(recordInLink(url, hosts, noon)).toBeUndefined()
  })
})
