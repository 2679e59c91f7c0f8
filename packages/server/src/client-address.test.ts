import { describe, expect, it } from 'vitest'
import { clientAddress, isHttps, shortenAddress } from './client-address.ts'

describe('the client’s address', () => {
  it.each([
    ['is the socket’s when no proxy is trusted, whatever the header says', '9.9.9.9', 0, '10.0.0.1'],
    ['is what the one trusted proxy saw', '6.6.6.6, 9.9.9.9', 1, '9.9.9.9'],
    ['is what the outer of two trusted proxies saw', '6.6.6.6, 9.9.9.9, 10.0.0.2', 2, '9.9.9.9'],
    ['is the first entry when there are fewer than trusted proxies', '9.9.9.9', 2, '9.9.9.9'],
    ['is the socket’s without the header', undefined, 1, '10.0.0.1'],
  ])('%s', (_, header, hops, expected) => {
    expect(clientAddress('10.0.0.1', header, hops)).toBe(expected)
  })
})

describe('a stored address', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
    ['2001:db8:abcd:12:1:2:3:4', '2001:db8:abcd::'],
    ['not an address', null],
    [undefined, null],
  ])('%s is kept as %s', (address, kept) => {
    expect(shortenAddress(address)).toBe(kept)
  })
})

it.each([
  ['http://a.example/', undefined, 0, false],
  ['https://a.example/', undefined, 0, true],
  ['http://a.example/', 'https', 0, false], // anyone can write it
  ['http://a.example/', 'HTTPS', 1, true],
  ['https://a.example/', 'http', 1, false],
  ['http://a.example/', 'http, https, http', 2, true],
  ['http://a.example/', 'https', 2, true],
  ['https://a.example/', undefined, 1, true],
])('a request for %s, forwarded as %s through %i proxies, used https: %s', (url, proto, hops, expected) => {
  expect(isHttps(url, proto, hops)).toBe(expected)
})
