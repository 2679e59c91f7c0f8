/** States which parts of an address are stored, and which leave the device. */
import { limits } from '@headwater/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCampaign } from './campaign.ts'
import { pageOf, sensitiveKeys, storedUrl, withoutSecrets } from './url.ts'

/** Addresses of all the parts that the rules look for, in any order. */
const anyUrl = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '?',
          '&',
          '#',
          '/',
          '=',
          '&amp;',
          '%3F',
          '%26',
          '%3D',
          '%',
          '@',
          ';',
          'a',
          '1',
          'token=s',
          'code=',
          'utm_source=b',
        ],
        ...[
          '_kx=c',
          'gclid=D',
          'bob@b.example',
          'bob%2540b.example',
          'invite/aB3dE9xZ',
          'ü',
          ';sid=1',
          'b[c]=1',
          'email=x',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => `https://u:p@a.example/${parts.join('')}`),
)

describe('storedUrl', () => {
  test.each([
    'https://shop.example',
    'https://shop.example/a/b',
    'http://shop.example:8080/?a=1&b=2&b=3',
    'https://shop.example/?q=%E4%BD%A0+a%20b',
    'https://shop.example/@user',
    'https://shop.example/?flag&a=&c',
    'https://shop.example/?utm_source=a&gclid=b',
    'myapp://open/product?id=1',
    'capacitor://localhost/a',
    'https://shop.example/?keyword=a&monkey=b&postcode=c&author=d&emails_sent=3&passenger=2',
    'https://shop.example/?v=react@18.2.0&at=@51.5,-0.12,15z&by=medium.example/@some.one&state=CA',
    'https://shop.example/?a=%&b=%zz&c=%E0%A4%A&d=%FC',
  ])('%s is stored unchanged', (url) => {
    expect(storedUrl(url)).toBe(url)
  })

  test.each([
    ['the fragment', 'https://a.example/p?x=1#access_token=s', 'https://a.example/p?x=1'],
    ['user and password', 'https://user:pw@a.example/p', 'https://a.example/p'],
    ['a password with an @', 'https://user:p@w@a.example', 'https://a.example'],
    ['the user of an app link', 'myapp://user@open/p', 'myapp://open/p'],
    ['a key', 'https://a.example/?token=s', 'https://a.example/'],
    ['a key in the middle', 'https://a.example/?a=1&token=s&b=2', 'https://a.example/?a=1&b=2'],
    ['a key in any case', 'https://a.example/?Access_Token=s&PASSWORD=p', 'https://a.example/'],
    ['a key in other spelling', 'https://a.example/?accessToken=s&access-token=s', 'https://a.example/'],
    [
      'a key that ends so',
      'https://a.example/?reset_token=s&user[email]=e&client_secret=c',
      'https://a.example/',
    ],
    ['an escaped key', 'https://a.example/?%74oken=s&user%5Bemail%5D=e', 'https://a.example/'],
    ['a key without a value', 'https://a.example/?token&a', 'https://a.example/?a'],
    ['a key after an empty pair', 'https://a.example/?&&token=s&&a=1', 'https://a.example/?a=1'],
    ['a key split by a line break', 'https://a.example/?to\nken=s', 'https://a.example/'],
    [
      'the recipient of an e-mail, not its campaign',
      'https://a.example/?_kx=a&mc_eid=b&mkt_tok=c&_hsenc=d&mc_cid=e',
      'https://a.example/?mc_cid=e',
    ],
    ['an e-mail address', 'https://a.example/?who=bob@b.example&a=1', 'https://a.example/?a=1'],
    ['an escaped e-mail address', 'https://a.example/?who=bob%40b.example', 'https://a.example/'],
    ['one escaped twice', 'https://a.example/?who=bob%2540b.example', 'https://a.example/'],
    ['one inside a value', 'https://a.example/?q=mail+bob.x%2By@b.co.uk+now', 'https://a.example/'],
    ['one of an international domain', 'https://a.example/?q=bob@m%C3%BCller.de', 'https://a.example/'],
    [
      'a secret in an address within',
      'https://a.example/?next=%2Freset%3Ftoken%3Ds&a=1',
      'https://a.example/?a=1',
    ],
    ['a secret two addresses deep', 'https://a.example/?u=%3Fu%3D%253Fcode%253Ds', 'https://a.example/'],
    ['spaces around', '  https://a.example/ ', 'https://a.example/'],
    [
      'an e-mail address in the place of a key',
      'https://a.example/?bob@b.example=1&c%40d.example',
      'https://a.example/',
    ],
    [
      'a secret that was escaped with its key',
      'https://a.example/?token%3Ds&a%3D1%26code%3Ds',
      'https://a.example/',
    ],
    [
      'a secret after an & escaped for HTML',
      'https://a.example/?a=1&amp;code=s&amp;b=2',
      'https://a.example/?a=1&b=2',
    ],
    [
      'a JWT under any key',
      'https://a.example/?x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln&a=1',
      'https://a.example/?a=1',
    ],
    [
      'a code under a key that announces it',
      'https://a.example/?invite=aB3dE9xZ&activation_key=Zk3x9QmT&reset=true',
      'https://a.example/?reset=true',
    ],
    [
      'the recipient of an e-mail',
      'https://a.example/?_kx=a&mc_eid=b&%5Fkx=1&__s=c&s=d',
      'https://a.example/?s=d',
    ],
  ])('%s is left out', (_, url, stored) => {
    expect(storedUrl(url)).toBe(stored)
  })

  test.each([
    ['https://a.example/unsubscribe/bob@b.example?a=1', 'https://a.example/unsubscribe/(email)?a=1'],
    ['https://u:p@a.example/unsubscribe/bob%40b.example', 'https://a.example/unsubscribe/(email)'],
    ['https://a.example/invite/aB3dE9xZ#top', 'https://a.example/invite/(secret)'],
    ['https://a.example:8080/i/8f14e45fceea167a5a36dedd4bea2543', 'https://a.example:8080/i/(secret)'],
    ['https://a.example/cart;jsessionid=1A2B?a=1', 'https://a.example/cart?a=1'],
    ['https://9b74c9897bac770ffc02.a.example/', 'https://9b74c9897bac770ffc02.a.example/'],
    ['myapp://invite/aB3dE9xZ', 'myapp://invite/(secret)'],
    ['android-app://com.example.app/https/a.example', 'android-app://com.example.app/https/a.example'],
  ])('%s has placeholders in its path: %s', (url, stored) => {
    expect(storedUrl(url)).toBe(stored)
  })

  test.each([
    ['a fragment', 'https://a.example/#/signup?utm_medium=b', 'https://a.example/?utm_medium=b'],
    [
      'a fragment, after the query',
      'https://a.example/?c=1#utm_source=b&d=2',
      'https://a.example/?c=1&utm_source=b',
    ],
    [
      'a fragment without secrets',
      'https://a.example/#gclid=x&_kx=y&utm_term=b@c.example',
      'https://a.example/?gclid=x',
    ],
    [
      'a second ?',
      'https://a.example/?hvid=1?utm_source=b&c=2',
      'https://a.example/?hvid=1&utm_source=b&c=2',
    ],
    ['an escaped ?', 'https://a.example/?c%3Futm_source=b', 'https://a.example/?c&utm_source=b'],
    ['a path', 'https://a.example/p&utm_source=b&c=2', 'https://a.example/p?utm_source=b&c=2'],
    ['a path with an escaped ?', 'https://a.example/p%3Futm_source=b', 'https://a.example/p?utm_source=b'],
    ['a path, and a query', 'https://a.example/p&utm_source=b?c=2', 'https://a.example/p?utm_source=b&c=2'],
  ])('the campaign moves into the query from %s', (_, url, stored) => {
    expect(storedUrl(url)).toBe(stored)
  })

  test.each([
    'https://a.example/?q=what?&c=1',
    'https://a.example/tom&jerry=1/x',
    'https://a.example/?q=a?b=c',
  ])('what is no campaign stays where it is: %s', (url) => {
    expect(storedUrl(url)).toBe(url)
  })

  test.each([
    '',
    ' ',
    'shop.example/a',
    '/a?b',
    '//a.example',
    'https:a.example',
    'https://',
    'https://?a',
    'https:///a',
    'javascript:alert(1)',
    'javascript://a.example/%0aalert(1)',
    'data:text/html,x',
    'blob:https://a.example/1',
    'file:///home/alice/a.html',
    'mailto:bob@b.example',
    'about:blank',
    'view-source://a.example',
    '1app://a',
  ])('%j is no address to store', (url) => {
    expect(storedUrl(url)).toBe('')
  })

  test('every key of the list is left out, in either case', () => {
    for (const key of sensitiveKeys) {
      expect(storedUrl(`https://a.example/?${key}=1&${key.toUpperCase()}=2&a=1`)).toBe(
        'https://a.example/?a=1',
      )
    }
  })

  test('a long address is cleaned first and cut then, so that no half of an e-mail address stays', () => {
    const filler = 'x'.repeat(limits.url - 30)
    expect(storedUrl(`https://a.example/?a=${filler}&q=bob@b.example`)).toBe(`https://a.example/?a=${filler}`)
    expect(storedUrl(`https://a.example/${'y'.repeat(5000)}`)).toHaveLength(limits.url)
  })

  test('a hostile address takes time proportional to its length', () => {
    const hostile = [
      '@'.repeat(4000),
      'a'.repeat(4000),
      'a@'.repeat(2000),
      `a@${'b.'.repeat(2000)}`,
      '%40'.repeat(1300),
    ]
    const started = performance.now()
    for (const value of hostile) {
      for (let i = 0; i < 20; i++) storedUrl(`https://a.example/${value}?q=${value}%3D#${value}`)
    }
    expect(performance.now() - started).toBeLessThan(500) // some 10 ms; a quadratic pattern takes seconds
  })

  test('nothing throws, and a second time changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), anyUrl), (url) => {
        const stored = storedUrl(url)
        expect(storedUrl(stored)).toBe(stored)
        expect(stored).not.toContain('#')
      }),
    )
  })
})

describe('withoutSecrets', () => {
  test.each([
    'https://shop.example',
    'https://shop.example/',
    'https://shop.example/tom&jerry/@user?flag&a=&c',
    'https://shop.example/?q=%E4%BD%A0+a%20b&b=2&b=3&utm_source=a&gclid=B',
    'https://shop.example/?keyword=a&monkey=b&postcode=c&author=d&emails_sent=3&passenger=2',
    'https://shop.example/?a=%&b=%zz&c=%E0%A4%A',
    'https://shop.example/?q=really?&a==b',
    'https://shop.example/?who=bob@b.example',
    'capacitor://localhost/a',
    '',
  ])('%s is sent unchanged', (url) => {
    expect(withoutSecrets(url)).toBe(url)
  })

  test.each([
    ['the fragment', 'https://a.example/p?x=1#access_token=s', 'https://a.example/p?x=1'],
    ['a fragment of several lines', 'https://a.example/#a\nb', 'https://a.example/'],
    ['user and password', 'https://user:pw@a.example/p?x=@1', 'https://a.example/p?x=@1'],
    ['a password with an @', 'https://user:p@w@a.example', 'https://a.example'],
    ['the user of an app link', 'myapp://user@open/p', 'myapp://open/p'],
    ['the only key', 'https://a.example/?token=s', 'https://a.example/'],
    ['a key at the beginning', 'https://a.example/?token=s&a=1', 'https://a.example/?a=1'],
    ['a key in the middle', 'https://a.example/?a=1&token=s&b=2', 'https://a.example/?a=1&b=2'],
    ['a key at the end', 'https://a.example/?a=1&token=s', 'https://a.example/?a=1'],
    ['a key without a value', 'https://a.example/?token&a', 'https://a.example/?a'],
    ['a key in any case and spelling', 'https://a.example/?Access-Token=s&PASSWORD=p', 'https://a.example/'],
    ['a key with a sensitive end', 'https://a.example/?reset_token=s&user[email]=e', 'https://a.example/'],
    ['an escaped key', 'https://a.example/?%74oken=s&user%5Bemail%5D=e', 'https://a.example/'],
    ['a key split by a line break', 'https://a.example/?to\nken=s', 'https://a.example/'],
    ['a value of several lines', 'https://a.example/?token=s\nt&a=1', 'https://a.example/?a=1'],
    ['a value with = in it', 'https://a.example/?token=a=b==&a=1', 'https://a.example/?a=1'],
    ['a value with ? in it', 'https://a.example/?token=a?b=1&a=1', 'https://a.example/?a=1'],
    [
      'a key after an & in the path',
      'https://a.example/tom&jerry?code=s&a=1',
      'https://a.example/tom&jerry?a=1',
    ],
    ['a session in the query', 'https://a.example/?PHPSESSID=s&jsessionid=t&sid=u', 'https://a.example/'],
    ['our own visitor on the way', 'https://a.example/?hw_link=1.a.s.1.2.3', 'https://a.example/'],
  ])('%s is left out', (_, url, expected) => {
    expect(withoutSecrets(url)).toBe(expected)
  })

  test('every key of the list is left out, in either case', () => {
    for (const key of sensitiveKeys) {
      const url = `https://a.example/?${key}=1&${key.toUpperCase()}=2&a=1`
      expect(withoutSecrets(url)).toBe('https://a.example/?a=1')
    }
  })

  test.each([
    'token',
    'access_token',
    'id_token',
    'secret',
    'password',
    'passwd',
    'credential',
    'credentials',
    'signature',
    'session_id',
    'jsessionid',
    'phpsessid',
    'x-amz-credential',
    'x-goog-credential',
    'email',
    'e-mail',
  ])('%s is left out by how it ends, on the device and in the table', (key) => {
    const url = `https://a.example/?${key}=1&a=1`
    expect([withoutSecrets(url), storedUrl(url)]).toEqual(Array(2).fill('https://a.example/?a=1'))
  })

  test.each<[string, string[], string, string]>([
    ['a key of the site', ['member'], '?member=1&a=2', '?a=2'],
    ['in any spelling', ['member_no'], '?memberNo=1&MEMBER-NO=2&a=2', '?a=2'],
    ['escaped', ['member'], '?%6Dember=1&a=2', '?a=2'],
    ['but no key that only ends like it', ['member'], '?remember=1', '?remember=1'],
    ['in addition to the built-in keys', ['member'], '?token=1&member=2', ''],
  ])('%s is left out too', (_, own, query, expected) => {
    expect(withoutSecrets(`https://a.example/${query}`, own)).toBe(`https://a.example/${expected}`)
  })

  test.each([
    [
      'the campaign of a fragment',
      'https://a.example/#/p?utm_source=a&b=1',
      'https://a.example/?utm_source=a',
    ],
    ['it after the query', 'https://a.example/?b=1#utm_source=a', 'https://a.example/?b=1&utm_source=a'],
    [
      'the key of a recipient’s id',
      'https://a.example/?_kx=secret&a=1&MC_EID=',
      'https://a.example/?_kx=1&a=1&MC_EID=',
    ],
    ['it in a fragment', 'https://a.example/#_kx=secret', 'https://a.example/?_kx=1'],
    [
      'a query that was escaped as a whole',
      'https://a.example/?utm_medium%3Demail',
      'https://a.example/?utm_medium%3Demail',
    ],
  ])('%s stays in the query', (_, url, expected) => {
    expect(withoutSecrets(url)).toBe(expected)
  })

  test('the campaign it leaves is the campaign of the whole address', () => {
    fc.assert(
      fc.property(anyUrl, (url) => {
        fc.pre(!/#.*%3d/i.test(url)) // the device does not look into a fragment that was escaped as a whole
        expect(parseCampaign(withoutSecrets(url))).toEqual(parseCampaign(url))
      }),
    )
  })

  test('what it leaves is stored as the whole address would have been', () => {
    fc.assert(
      fc.property(anyUrl, (url) => {
        expect(storedUrl(withoutSecrets(url))).toBe(storedUrl(url))
      }),
    )
  })

  test('nothing throws, and a second time changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), anyUrl), (url) => {
        const left = withoutSecrets(url)
        expect(withoutSecrets(left)).toBe(left)
        expect(left).not.toContain('#')
      }),
    )
  })

  test('a hostile address takes time proportional to its length', () => {
    const started = performance.now()
    for (const part of ['@', '&', '?', '=', '%74', 'token=', '//', 'a&']) {
      withoutSecrets(`https://${part.repeat(20_000)}`)
    }
    expect(performance.now() - started).toBeLessThan(500) // some 10 ms; a quadratic pattern takes seconds
  })
})

describe('pageOf', () => {
  test.each([
    ['https://shop.example', { host: 'shop.example', path: '/', query: '' }],
    ['HTTPS://Shop.Example:443/A', { host: 'shop.example', path: '/A', query: '' }],
    ['http://shop.example:8080/a/../b', { host: 'shop.example:8080', path: '/b', query: '' }],
    ['https://shop.example/?b=2&a=1', { host: 'shop.example', path: '/', query: 'a=1&b=2' }],
    [
      'https://shop.example/?utm_source=a&UTM_X=b&GCLID=c&utm%5Fterm=d&p=1',
      { host: 'shop.example', path: '/', query: 'p=1' },
    ],
    ['https://u:p@shop.example/a?token=s&c=1#d', { host: 'shop.example', path: '/a', query: 'c=1' }],
    ['https://bücher.example/ü', { host: 'xn--bcher-kva.example', path: '/%C3%BC', query: '' }],
    ['myapp://open/product?id=1', { host: 'open', path: '/product', query: 'id=1' }],
  ])('%s', (url, page) => {
    expect(pageOf(url)).toEqual(page)
  })

  test.each(['', '/a', 'javascript:alert(1)', 'https://exa mple/', 'https://%/'])(
    '%j names no page',
    (url) => {
      expect(pageOf(url)).toBeUndefined()
    },
  )

  test('however the visitor came and however the query is ordered, the page is the same', () => {
    const plain = pageOf('https://shop.example/p?color=red&size=m')
    expect(pageOf('https://SHOP.example/p?size=m&utm_source=a&color=red&fbclid=b#top')).toEqual(plain)
  })

  test('a path is cut at the limit', () => {
    expect(pageOf(`https://a.example/${'y'.repeat(2000)}`)?.path).toHaveLength(limits.path)
  })
})
