/** What an arrival says about its session. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { cleanUrl, readLanding, readPage, readSource } from './landing.ts'

const shop = 'https://shop.example'

it('a landing has its address and its referrer as they may be stored, its page and its source', () => {
  const url = `${shop}/mugs?b=2&utm_source=mail&a=1&token=secret#top`
  expect(readLanding({ url, referrerUrl: 'https://news.example/?email=a@b.example' }, [])).toEqual({
    landingUrl: `${shop}/mugs?b=2&utm_source=mail&a=1`,
    referrerUrl: 'https://news.example/',
    origin: {
      source: { utm: { source: 'mail' }, referrerDomain: 'news.example', isDirect: false },
      page: {
        path: '/mugs',
        queryHash: createHash('sha256').update('a=1&b=2').digest('hex'),
        url: `${shop}/mugs?b=2&utm_source=mail&a=1`,
      },
    },
  })
})

it('a landing without an address has no page, and may still have a source', () => {
  expect(readLanding({ utm: { source: 'app' } }, [])).toEqual({
    landingUrl: null,
    referrerUrl: null,
    origin: { source: { utm: { source: 'app' }, isDirect: false }, page: undefined },
  })
})

it('a referrer that the website ignores is no source', () => {
  const arrival = { url: shop, referrerUrl: 'https://pay.example/' }
  expect(readLanding(arrival, []).origin.source.isDirect).toBe(false)
  expect(readLanding(arrival, ['pay.example']).origin.source.isDirect).toBe(true)
})

it('a source holds nothing that PostgreSQL cannot store, even percent-encoded', () => {
  expect(readSource({ url: `${shop}/?utm_source=a%00b` }).utm).toEqual({ source: 'a\ufffdb' })
})

describe('an address', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['javascript:alert(1)', null],
    [`${shop}/a#b`, `${shop}/a`],
  ])('%j is stored as %j', (url, stored) => {
    expect(cleanUrl(url)).toBe(stored)
  })

  it.each([
    [null, undefined],
    ['https://%/', undefined],
    [`${shop}/a`, { path: '/a', queryHash: '', url: `${shop}/a` }],
    [`${shop}/a?utm_source=b`, { path: '/a', queryHash: '', url: `${shop}/a?utm_source=b` }],
  ])('%j names the page %j', (url, page) => {
    expect(readPage(url)).toEqual(page)
  })
})
