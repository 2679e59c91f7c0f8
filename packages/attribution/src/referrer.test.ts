/** States which site counts as the one that sent a visitor, and what kind of site it is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appDomains } from './app-domains.ts'
import { isIgnored } from './ignored-referrers.ts'
import { referrerCategory, referrerDomain } from './referrer.ts'
import { categoryByHost } from './referrer-table.ts'

const page = 'https://www.shop.example/p'

describe('referrerDomain', () => {
  test.each([
    ['https://www.google.de/search?q=a', 'google.de'],
    ['https://WWW.Google.CO.UK.:443/', 'google.co.uk'],
    ['https://user:pw@news.google.com/', 'google.com'],
    ['https://l.facebook.com/l.php?u=a', 'facebook.com'],
    ['https://mail.google.com/mail/u/0', 'mail.google.com'],
    ['https://gemini.google.com/app', 'gemini.google.com'],
    ['https://docs.google.com/d/1', 'docs.google.com'],
    ['https://store.shopping.yahoo.co.jp/a', 'shopping.yahoo.co.jp'],
    ['https://blog.partner.example/a', 'blog.partner.example'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['https://203.0.113.7/', '203.0.113.7'],
    ['android-app://com.google.android.gm/', 'mail.google.com'],
    ['android-app://com.unknown.app/', 'com.unknown.app'],
  ])('%s is %s', (referrer, domain) => {
    expect(referrerDomain(referrer, page)).toBe(domain)
  })

  test.each([
    [undefined],
    [''],
    ['no address'],
    ['/relative'],
    ['data:text/html,x'],
    ['about:blank'],
    ['https://'],
    ['https://%/'],
    ['http://localhost:3000/'],
    ['http://127.0.0.1/'],
    ['http://[::1]:80/'],
    ['http://app.localhost/'],
  ])('%j is no site', (referrer) => {
    expect(referrerDomain(referrer, page)).toBeUndefined()
  })

  test.each([
    ['https://www.shop.example/', page, true],
    ['http://blog.shop.example:8080/', page, true],
    ['https://shop.example.evil.example/', page, false],
    ['https://notshop.example/', page, false],
    ['https://shop.co.uk/', 'https://other.co.uk/', false],
    ['https://a.github.io/', 'https://b.github.io/', false],
    ['https://a.github.io/', 'https://a.github.io/x', true],
    ['https://example.com/', 'https://example.org/', false],
    ['https://www.google.com/', 'https://google.com/sub', true],
    ['http://intranet/', 'http://intranet/a', true],
    ['http://10.0.0.1/', 'http://10.0.0.2/', false],
    ['https://a.example/', undefined, false],
    ['https://a.example/', 'no address', false],
  ])('from %s to %s is internal: %s', (referrer, to, isInternal) => {
    expect(referrerDomain(referrer, to) === undefined).toBe(isInternal)
  })

  test.each([
    'https://www.paypal.com/checkout',
    'https://checkout.stripe.com/c/pay',
    'https://pay.klarna.com/',
    'https://accounts.google.com/o/oauth2',
    'https://appleid.apple.com/',
    'https://acs.arcot.com/',
    'https://tenant.eu.auth0.com/',
    'https://github.com/login/oauth',
    'https://www.facebook.com/login.php',
  ])('%s only passes visitors on', (referrer) => {
    expect(referrerDomain(referrer, page)).toBeUndefined()
  })

  test('a list of your own replaces the built-in one', () => {
    expect(referrerDomain('https://pay.example/', page, ['pay.example'])).toBeUndefined()
    expect(referrerDomain('https://www.paypal.com/', page, ['pay.example'])).toBe('paypal.com')
    expect(referrerDomain('https://www.paypal.com/', page, [])).toBe('paypal.com')
  })
})

describe('isIgnored', () => {
  const list = [
    'https://pay.example',
    '.bank.example',
    'shop.example/checkout/',
    'www.Sign.example',
    '.multi.example/a',
    '.multi.example/b',
  ]

  test.each([
    ['pay.example', '/any', true],
    ['my.pay.example', '/', false],
    ['notpay.example', '/', false],
    ['bank.example', '/', true],
    ['acs.eu.bank.example', '/', true],
    ['notbank.example', '/', false],
    ['bank.example.evil.example', '/', false],
    ['shop.example', '/', false],
    ['shop.example', '/checkout/1', true],
    ['a.shop.example', '/checkout/1', false],
    ['sign.example', '/', true],
    ['x.multi.example', '/b/c', true],
    ['x.multi.example', '/c', false],
  ])('%s%s: %s', (host, path, expected) => {
    expect(isIgnored({ host, path }, list)).toBe(expected)
  })
})

describe('referrerCategory', () => {
  test.each([
    ['https://www.google.com/', 'search'],
    ['https://www.google.com.br/search', 'search'],
    ['https://images.google.cat/', 'search'],
    ['google.co.jp', 'search'],
    ['https://de.search.yahoo.com/', 'search'],
    ['https://search.yahoo.co.jp/', 'search'],
    ['https://yandex.kz/', 'search'],
    ['https://m.baidu.com/', 'search'],
    ['https://cn.bing.com/', 'search'],
    ['https://html.duckduckgo.com/', 'search'],
    ['https://search.naver.com/', 'search'],
    ['android-app://com.google.android.googlequicksearchbox/https/www.google.com', 'search'],
    ['https://m.facebook.com/', 'social'],
    ['https://t.co/a', 'social'],
    ['https://x.com/someone', 'social'],
    ['https://old.reddit.com/r/a', 'social'],
    ['https://www.pinterest.co.uk/', 'social'],
    ['https://youtu.be/', 'social'],
    ['https://news.ycombinator.com/item?id=1', 'social'],
    ['https://tieba.baidu.com/', 'social'],
    ['android-app://com.reddit.frontpage/', 'social'],
    ['https://mail.google.com/', 'email'],
    ['https://it.mail.yahoo.com/', 'email'],
    ['https://outlook.live.com/', 'email'],
    ['https://deref-gmx.co.uk/', 'email'],
    ['https://mail.yandex.ru/', 'email'],
    ['android-app://com.google.android.gm/', 'email'],
    ['https://chatgpt.com/', 'ai'],
    ['https://gemini.google.com/', 'ai'],
    ['https://www.perplexity.ai/search/a', 'ai'],
    ['https://x.com/i/grok', 'ai'],
    ['https://x.com/i/grok/share/1', 'ai'],
    ['https://yiyan.baidu.com/', 'ai'],
    ['https://www.bing.com/chat', 'ai'],
    ['https://copilot.com/', 'ai'],
    ['https://www.copilot.com/chats/a', 'ai'],
    ['https://edgeservices.bing.com/', 'ai'],
    ['https://syndicatedsearch.goog/', 'paid'],
    ['https://www.adsensecustomsearchads.com/afs/ads', 'paid'],
    ['https://pagead2.googlesyndication.com/', 'paid'],
    ['https://tdsf.doubleclick.net/', 'paid'],
    ['https://googleads.g.doubleclick.net/pagead/aclk', 'paid'],
    ['https://adservice.google.co.uk/', 'paid'],
    ['https://www.googleadservices.com/', 'paid'],
    ['https://s.amazon-adsystem.com/', 'paid'],
    ['https://an.yandex.ru/', 'paid'],
    ['https://ib.adnxs.com/', 'paid'],
    ['https://trc.taboola.com/', 'paid'],
    ['x.com/i/grok', 'ai'],
  ])('%s is %s', (referrer, category) => {
    expect(referrerCategory(referrer)).toBe(category)
  })

  test.each([
    ['the name in front', 'https://google.com.evil.com/'],
    ['the name in front, with a country', 'https://www.google.co.uk.evil.example/'],
    ['the name without a dot', 'https://notgoogle.com/'],
    ['the name with a hyphen', 'https://not-twitter.com/'],
    ['the name in the query', 'https://evil.com/?u=https://www.google.com/'],
    ['the name as user', 'https://www.google.com@evil.com/'],
    ['the name as a guest of a host', 'https://google.github.io/'],
    ['the name under an ending anyone can buy', 'https://google.club/'],
    ['mail in front', 'https://mail.google.com.evil.com/'],
    ['a path that only begins so', 'https://evil.com/i/grok'],
    ['a tool of a search engine', 'https://docs.google.com/document/d/1'],
    ['the console of an ad network', 'https://ads.google.com/aw/overview'],
    ['the company of an ad network', 'https://www.criteo.com/blog/'],
    ['the name of an ad host in front', 'https://doubleclick.net.evil.example/'],
    ['a sign-in of a search engine', 'https://accounts.google.com/'],
    ['an unknown site', 'https://www.partner.example/'],
    ['an unknown app', 'android-app://com.unknown.app/'],
    ['only an ending', 'com'],
    ['no address', 'javascript:alert(1)'],
    ['nothing', ''],
  ])('%s is other', (_, referrer) => {
    expect(referrerCategory(referrer)).toBe('other')
  })

  test('a path rule needs whole segments', () => {
    expect(referrerCategory('https://x.com/i/grokking')).toBe('social')
  })

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(referrerCategory(text)).toBeTypeOf('string')
        expect(() => referrerDomain(`https://${text}`, text)).not.toThrow()
      }),
    )
  })
})

describe('the table', () => {
  test('every host is a host in lower case, the star only at its end', () => {
    const odd = [...categoryByHost.keys()].filter((host) => !/^([a-z\d-]+\.)+([a-z\d-]+|\*)$/.test(host))
    expect(odd).toEqual([])
  })

  test('the domain has the same kind as the whole address', () => {
    for (const [host, category] of categoryByHost) {
      const url = `https://${host.replace('*', 'de')}/`
      expect([host, referrerCategory(url)]).toEqual([host, category])
      expect(referrerCategory(referrerDomain(url, page, []) ?? '')).toBe(category)
    }
  })

  test('every app belongs to a site in the table', () => {
    for (const domain of appDomains.values())
      expect([domain, referrerCategory(domain)]).not.toContain('other')
  })
})
