/** States what counts as a campaign in an address. */
import { limits } from '@headwater/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { campaignText, cleanClickId, cleanUtm, hasCampaign, holdsEmail, parseCampaign } from './campaign.ts'
import { campaignIn } from './campaign-keys.ts'

const empty = { utm: {}, clickIds: {} }

describe('parseCampaign', () => {
  test.each([
    [
      'all five parameters',
      '?utm_source=a&utm_medium=b&utm_campaign=c&utm_term=d&utm_content=e',
      { source: 'a', medium: 'b', campaign: 'c', term: 'd', content: 'e' },
    ],
    [
      'the four for ad platforms',
      '?utm_id=a&utm_source_platform=b&utm_creative_format=c&utm_marketing_tactic=d',
      { id: 'a', source_platform: 'b', creative_format: 'c', marketing_tactic: 'd' },
    ],
    ['any case of the name', '?UTM_Source=Spring', { source: 'Spring' }],
    ['an escaped name', '?utm%5Fsource=a', { source: 'a' }],
    ['the first of two', '?utm_source=a&utm_source=b', { source: 'a' }],
    ['the first across cases', '?UTM_SOURCE=a&utm_source=b', { source: 'a' }],
    ['the second, when the first is blank', '?utm_source=&utm_source=%20&utm_source=b', { source: 'b' }],
    ['the value without spaces around it', '?utm_source=%20a%20b%20', { source: 'a b' }],
    ['a plus as a space', '?utm_term=red+shoes', { term: 'red shoes' }],
    ['an escaped bracket in a value', '?utm_source=%5Ba%5D', { source: '[a]' }],
    ['a % that begins no escape', '?utm_source=50%', { source: '50%' }],
    [
      'a value that was escaped twice',
      '?utm_source=no%2520code%2520founders',
      { source: 'no code founders' },
    ],
    [
      'no value with an e-mail address',
      '?utm_source=a&utm_content=bob@b.example&utm_id=c%40d.example',
      { source: 'a' },
    ],
    ['nothing from an array', '?utm_source[]=a&utm_source%5B0%5D=b', {}],
    ['nothing from unknown names', '?utm_number=1&utm_=2&utm=3&source=4', {}],
    ['nothing from names that every object has', '?__proto__=a&constructor=b&utm___proto__=c', {}],
  ])('reads %s', (_, query, utm) => {
    expect(parseCampaign(`https://shop.example/${query}`)).toEqual({ utm, clickIds: {} })
  })

  test.each([
    ['the name in lower case, the value unchanged', '?GCLID=AbC', { gclid: 'AbC' }],
    ['Snapchat by its own spelling', '?ScCid=Xy1', { sccid: 'Xy1' }],
    ['the first of two', '?gclid=AbC&gclid=xyz', { gclid: 'AbC' }],
    ['the value decoded once', '?gclid=a%20b%2Bc&fbclid=d%2520e', { gclid: 'a b+c', fbclid: 'd%20e' }],
    ['several kinds', '?fbclid=x&gclid=y', { fbclid: 'x', gclid: 'y' }],
    [
      'that an e-mail was clicked, not by whom',
      '?_kx=a&mc_eid=b&vero_id=c@d.example&__s=',
      { _kx: '1', mc_eid: '1', vero_id: '1' },
    ],
    ['none that holds an e-mail address', '?gclid=bob%40b.example&fbclid=bob%2540b.example', {}],
    ['no blank value', '?gclid=&fbclid=%20', {}],
    ['no generic name', '?clickid=1', {}],
  ])('reads click ids: %s', (_, query, clickIds) => {
    expect(parseCampaign(`https://shop.example/${query}`)).toEqual({ utm: {}, clickIds })
  })

  test('a UTM value is cut at the limit, a click id over the limit is left out', () => {
    const long = 'x'.repeat(600)
    const { utm, clickIds } = parseCampaign(`https://a.example/?utm_source=${long}&gclid=${long}&fbclid=1`)
    expect(utm.source).toHaveLength(limits.utm)
    expect(clickIds).toEqual({ fbclid: '1' })
    const just = 'x'.repeat(limits.clickId)
    expect(parseCampaign(`https://a.example/?gclid=${just}`).clickIds).toEqual({ gclid: just })
  })

  test.each<[string, string, Record<string, string>]>([
    [
      'after a second ?',
      '?hvid=1CaQtt?utm_source=twitter&utm_medium=social',
      { source: 'twitter', medium: 'social' },
    ],
    [
      'after a second ?, following a campaign',
      '?utm_campaign=SW?utm_source=a',
      { campaign: 'SW', source: 'a' },
    ],
    ['after an escaped ?', '?unfurl%3Futm_source=mbfb', { source: 'mbfb' }],
    ['after an escaped ? in the path', 'p%3Futm_source=a&utm_medium=b', { source: 'a', medium: 'b' }],
    ['after an & in the path', 'p&utm_source=a&utm_medium=b', { source: 'a', medium: 'b' }],
    ['in the place of a path', 'utm_source=a&utm_medium=b', { source: 'a', medium: 'b' }],
    [
      'after an & that was escaped for HTML',
      '?a=1&amp;utm_source=b&amp;UTM_medium=c',
      { source: 'b', medium: 'c' },
    ],
    [
      'in a query that was escaped as a whole',
      '?utm_source%3Da%26utm_medium%3Db',
      { source: 'a', medium: 'b' },
    ],
    [
      'in such a query with more after it',
      '?utm_source%3Da%26utm_medium%3Db&c=1',
      { source: 'a', medium: 'b' },
    ],
    [
      'but not after a ? in a value',
      '?utm_term=what?&utm_source=who?me',
      { term: 'what?', source: 'who?me' },
    ],
  ])('reads parameters that were glued on %s', (_, rest, utm) => {
    expect(parseCampaign(`https://shop.example/${rest}`)).toEqual({ utm, clickIds: {} })
  })

  test.each<[string, string, object]>([
    ['the route of a hash router', '#/signup?utm_medium=sample', { utm: { medium: 'sample' } }],
    ['a hashbang route', '#!/signup?a=1&utm_medium=sample', { utm: { medium: 'sample' } }],
    ['only parameters', '#utm_source=facebook&utm_medium=sn', { utm: { source: 'facebook', medium: 'sn' } }],
    ['parameters after a ?', '#?utm_source=a', { utm: { source: 'a' } }],
    ['click ids', '#gclid=AbC', { clickIds: { gclid: 'AbC' } }],
    [
      'what the query leaves open',
      '?utm_source=a#utm_source=b&utm_medium=c',
      { utm: { source: 'a', medium: 'c' } },
    ],
    ['nothing that the query says', '?utm_source=a#utm_source=b', { utm: { source: 'a' } }],
    ['no part of the last value of the query', '?utm_source=a#top', { utm: { source: 'a' } }],
    ['only campaigns', '#access_token=s&code=t&utm_source=a', { utm: { source: 'a' } }],
  ])('reads from the fragment: %s', (_, rest, expected) => {
    expect(parseCampaign(`https://shop.example/${rest}`)).toEqual({ ...empty, ...expected })
  })

  test.each([
    undefined,
    '',
    '?utm_source=a',
    '/path?utm_source=a',
    '//host/?utm_source=a',
    'https://a.example/',
    'https://a.example/#top',
    'https://a.example/#/cart?a=1',
    'https://a.example/?next=%2Fp%3Futm_source%3Da',
    'https://a.example/?https%3A%2F%2Fb.example%2F%3Futm_source%3Da',
    'https://a.example/utm_source/a',
    'no address ?utm_source=a',
  ])('%j has no campaign', (url) => {
    expect(parseCampaign(url)).toEqual(empty)
  })

  test('an app link can have a campaign like a page', () => {
    expect(parseCampaign('myapp://open?utm_source=push').utm).toEqual({ source: 'push' })
  })

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hasCampaign(parseCampaign(text))).toBeTypeOf('boolean')
        expect(parseCampaign(`https://a.example/?${text}`)).toBeTypeOf('object')
      }),
    )
  })

  test('a hostile address takes time proportional to its length', () => {
    const started = performance.now()
    for (const part of [
      '?',
      '#',
      '&amp;',
      '/',
      '%3F',
      'a%3D',
      '%25',
      'utm_source=%25',
      '?utm_source=',
      '=',
    ]) {
      parseCampaign(`https://a.example/?${part.repeat(16_000 / part.length)}`)
    }
    expect(performance.now() - started).toBeLessThan(500) // some 30 ms; a quadratic pattern takes seconds
  })
})

describe('a campaign value', () => {
  test.each([
    ['no%20code%20founders', 'no code founders'],
    ['no%2520code%2520founders', 'no code founders'],
    ['caf%25C3%25A9', 'café'],
    [' spring%20', 'spring'],
    ['qwerty2%-', 'qwerty2%-'],
    ['100%', '100%'],
    ['%zz', '%zz'],
    ['%E4%BD', '%E4%BD'],
    ['hello+world', 'hello+world'],
    ['Android App', 'Android App'],
    ['name@example.com', ''],
    ['name%40example.com', ''],
    ['to name%2540example.com now', ''],
    ['@example', '@example'],
    ['50% off @ shop', '50% off @ shop'],
  ])('%j is compared and stored as %j', (value, cleaned) => {
    expect(cleanUtm(value)).toBe(cleaned)
  })

  test('is not cut through a character', () => {
    expect(cleanUtm(`${'x'.repeat(limits.utm - 1)}👩`)).toBe('x'.repeat(limits.utm - 1))
    expect(cleanUtm(`${'x'.repeat(limits.utm - 2)}👩y`)).toBe(`${'x'.repeat(limits.utm - 2)}👩`)
  })

  test('contains no part of an e-mail address, because it is cleaned before it is cut', () => {
    expect(cleanUtm(`${'x'.repeat(limits.utm - 5)} bob@b.example`)).toBe('')
  })

  test('is unchanged if it was escaped more often than any tool does', () => {
    const deep = `a%${'25'.repeat(1000)}20b`
    expect(cleanUtm(deep)).toBe(deep.slice(0, limits.utm))
  })

  test('is not changed by a second cleaning', () => {
    const part = fc.constantFrom('%', '%25', '%20', '%2', '5', '@', 'a', '.', ' ', '+', '%E4', '%BD%A0', 'ü')
    const value = fc.oneof(fc.string({ unit: part, maxLength: 80 }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(value, (text) => {
        expect(cleanUtm(cleanUtm(text))).toBe(cleanUtm(text))
      }),
    )
  })
})

describe('a click id', () => {
  test.each([
    ['gclid', 'AbC%2520', 'AbC%2520'],
    ['gclid', ' x ', ' x '],
    ['gclid', '  ', ''],
    ['gclid', 'bob@b.example', ''],
    ['gclid', 'bob%2540b.example', ''],
    ['my_network', 'AbC', 'AbC'],
    ['_kx', 'bob@b.example', '1'],
    ['MC_EID', 'x', '1'],
    ['_kx', ' ', ''],
  ])('%s=%j is kept as %j', (name, value, kept) => {
    expect(cleanClickId(name, value)).toBe(kept)
    expect(cleanClickId(name, kept)).toBe(kept)
  })
})

describe('an e-mail address', () => {
  test.each([
    ['name@example.com', true],
    ['mail bob.x+y@b.co.uk now', true],
    ['bob@müller.de', true],
    ['bob@m%C3%BCller.de', true],
    ['bob@例え.テスト', true],
    ['bob@x.%E3%83%86', true],
    ['@user', false],
    ['/@user.name', false],
    ['react@18.2.0', false],
    ['51.5@-0.12', false],
    ['bob@localhost', false],
    ['a @ b.example', false],
  ])('is in %j: %s', (text, expected) => {
    expect(holdsEmail(text)).toBe(expected)
  })
})

describe('hasCampaign', () => {
  test.each([
    [empty, false],
    [{ utm: { source: '' }, clickIds: { gclid: '' } }, false],
    [{ utm: { term: 'a' }, clickIds: {} }, true],
    [{ utm: {}, clickIds: { gclid: 'a' } }, true],
  ])('%j: %s', (campaign, expected) => {
    expect(hasCampaign(campaign)).toBe(expected)
  })
})

describe('the text of a campaign', () => {
  test.each<[string, string]>([
    ['is that of its address', 'utm_source=Ad&gclid=AbC&utm_campaign=Spring'],
    ['ignores escapes', 'utm_campaign=Spring&utm%5Fsource=%2561d&gclid=AbC'],
    ['ignores what was escaped as a whole', 'utm_source%3Dad%26utm_campaign%3DSpring&gclid=AbC'],
    ['ignores blanks', 'utm_source=ad&utm_campaign=Spring&gclid=AbC&utm_term=%20&fbclid='],
  ])('%s', (_, query) => {
    const expected = campaignIn('?utm_source=ad&utm_campaign=Spring&gclid=AbC')
    expect(campaignText(parseCampaign(`https://shop.example/?${query}`))).toBe(expected)
  })

  test('is empty without a campaign', () => {
    expect(campaignText(empty)).toBe('')
  })
})
