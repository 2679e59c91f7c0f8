/** When the collector sets the id cookie, and what it says. */
import { describe, expect, it } from 'vitest'
import { type IdCookieRequest, idCookie } from './id-cookie.ts'

const value =
  '1.0199aaaa-0000-7000-8000-000000000001.0199bbbb-0000-7000-8000-000000000002.1795000000000.1795000060000'
const request: IdCookieRequest = {
  domain: 'shop.example',
  isHttps: true,
  cookie: `a=b; hw_id=${value}; c=d`,
  host: 'www.shop.example',
  origin: 'https://www.shop.example',
  secFetchSite: 'same-origin',
}

const always = `hw_id=${value}; Path=/; Max-Age=34560000; SameSite=Lax`

it.each<[string, Partial<IdCookieRequest>, string]>([
  ['of a domain, over https', {}, `${always}; Domain=shop.example; Secure`],
  ['of the host alone', { domain: '' }, `${always}; Secure`],
  ['of the host by its name', { domain: 'www.shop.example' }, `${always}; Domain=www.shop.example; Secure`],
  ['over http', { isHttps: false }, `${always}; Domain=shop.example`],
  ['at a port', { host: 'WWW.Shop.Example:8443' }, `${always}; Domain=shop.example; Secure`],
  ['of an address in figures', { domain: '', host: '127.0.0.1:8787' }, `${always}; Secure`],
  [
    'for a browser that tells only its origin',
    { secFetchSite: undefined, host: 'www.shop.example' },
    `${always}; Domain=shop.example; Secure`,
  ],
  [
    'beside one that cannot be read',
    { cookie: `hw_id=0; hw_id=${value}` },
    `${always}; Domain=shop.example; Secure`,
  ],
])('the cookie %s is set as it came, for 400 days', (_, fields, expected) => {
  expect(idCookie({ ...request, ...fields })).toBe(expected)
})

it('the cookie of somebody who logged out, who has no session, is set too', () => {
  const cookie = 'hw_id=1.anna-1...1795000060000'
  expect(idCookie({ ...request, cookie })).toContain(`${cookie};`)
})

describe('no cookie is set', () => {
  it.each<[string, Partial<IdCookieRequest>]>([
    ['when nobody asks', { domain: undefined }],
    ['for another site', { secFetchSite: 'cross-site' }],
    ['for another subdomain', { secFetchSite: 'same-site' }],
    ['for no page', { secFetchSite: 'none' }],
    ['when the browser tells neither', { secFetchSite: undefined, origin: undefined }],
    ['when the origin is another', { secFetchSite: undefined, origin: 'https://shop.example' }],
    ['when the origin is none', { secFetchSite: undefined, origin: 'null' }],
    ['of a domain that is not the host’s', { domain: 'other.example' }],
    ['of half a label', { domain: 'op.example' }],
    ['of a domain below the host', { domain: 'a.www.shop.example' }],
    ['of half an address in figures', { domain: '0.1', host: '127.0.0.1' }],
    ['with anything else in its domain', { domain: 'shop.example; HttpOnly' }],
    ['where there was none', { cookie: undefined }],
    ['where it was another', { cookie: 'not_hw_id=1.a.b.1.2' }],
    ['of another version', { cookie: 'hw_id=2.a.b.1.2' }],
    ['with a part too few', { cookie: 'hw_id=1.a.b.1' }],
    ['of nobody', { cookie: 'hw_id=1..b.1.2' }],
    ['that holds anything else', { cookie: 'hw_id=1.a b.c.1.2' }],
  ])('%s', (_, fields) => {
    expect(idCookie({ ...request, ...fields })).toBeUndefined()
  })
})
