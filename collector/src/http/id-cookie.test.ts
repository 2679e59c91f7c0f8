/** When the collector sets the id cookie, and to what. */
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
  ['of the host only', { domain: '' }, `${always}; Secure`],
  ['of the host by name', { domain: 'www.shop.example' }, `${always}; Domain=www.shop.example; Secure`],
  ['over http', { isHttps: false }, `${always}; Domain=shop.example`],
  ['at a port', { host: 'WWW.Shop.Example:8443' }, `${always}; Domain=shop.example; Secure`],
  ['of an IP address', { domain: '', host: '127.0.0.1:8787' }, `${always}; Secure`],
  [
    'for a browser that sends only its origin',
    { secFetchSite: undefined, host: 'www.shop.example' },
    `${always}; Domain=shop.example; Secure`,
  ],
  ['beside an invalid one', { cookie: `hw_id=0; hw_id=${value}` }, `${always}; Domain=shop.example; Secure`],
])('the cookie %s is renewed unchanged, for 400 days', (_, fields, expected) => {
  expect(idCookie({ ...request, ...fields })).toBe(expected)
})

it('the cookie of a logged-out visitor, without a session, is renewed too', () => {
  const cookie = 'hw_id=1.anna-1...1795000060000'
  expect(idCookie({ ...request, cookie })).toContain(`${cookie};`)
})

describe('no cookie is set', () => {
  it.each<[string, Partial<IdCookieRequest>]>([
    ['without a request for it', { domain: undefined }],
    ['for another site', { secFetchSite: 'cross-site' }],
    ['for another subdomain', { secFetchSite: 'same-site' }],
    ['for no page', { secFetchSite: 'none' }],
    ['if the browser sends neither header', { secFetchSite: undefined, origin: undefined }],
    ['for another origin', { secFetchSite: undefined, origin: 'https://shop.example' }],
    ['for an opaque origin', { secFetchSite: undefined, origin: 'null' }],
    ['for a domain that is not the host’s', { domain: 'other.example' }],
    ['for half a label', { domain: 'op.example' }],
    ['for a domain below the host', { domain: 'a.www.shop.example' }],
    ['for half an IP address', { domain: '0.1', host: '127.0.0.1' }],
    ['for a domain with anything else in it', { domain: 'shop.example; HttpOnly' }],
    ['if the request has none', { cookie: undefined }],
    ['for a cookie of another name', { cookie: 'not_hw_id=1.a.b.1.2' }],
    ['for another version', { cookie: 'hw_id=2.a.b.1.2' }],
    ['for one with a part missing', { cookie: 'hw_id=1.a.b.1' }],
    ['for one without an id', { cookie: 'hw_id=1..b.1.2' }],
    ['for one with other characters', { cookie: 'hw_id=1.a b.c.1.2' }],
  ])('%s', (_, fields) => {
    expect(idCookie({ ...request, ...fields })).toBeUndefined()
  })
})
