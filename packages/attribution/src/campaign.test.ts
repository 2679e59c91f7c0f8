/** States what counts as a campaign in an address. */
import { limits } from '@headwater/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasCampaign, parseCampaign, sameCampaign } from './campaign.ts'
import { clickIdNames } from './click-id-names.ts'

const empty = { utm: {}, clickIds: {} }

describe('parseCampaign', () => {
  test.each([
    [
      'all five parameters',
      '?utm_source=a&utm_medium=b&utm_campaign=c&utm_term=d&utm_content=e',
      {
        source: 'a',
        medium: 'b',
        campaign: 'c',
        term: 'd',
        content: 'e',
      },
    ],
    [
      'the four for ad platforms',
      '?utm_id=a&utm_source_platform=b&utm_creative_format=c&utm_marketing_tactic=d',
      { id: 'a', source_platform: 'b', creative_format: 'c', marketing_tactic: 'd' },
    ],
    ['any case of the name', '?UTM_Source=Spring', { source: 'Spring' }],
    ['the first of two', '?utm_source=a&utm_source=b', { source: 'a' }],
    ['the first across cases', '?UTM_SOURCE=a&utm_source=b', { source: 'a' }],
    ['the second, when the first is blank', '?utm_source=&utm_source=%20&utm_source=b', { source: 'b' }],
    ['the value without its blanks', '?utm_source=%20a%20b%20', { source: 'a b' }],
    ['a plus as a space', '?utm_term=red+shoes', { term: 'red shoes' }],
    ['an escaped bracket in a value', '?utm_source=%5Ba%5D', { source: '[a]' }],
    ['an escape that is none', '?utm_source=50%', { source: '50%' }],
    ['nothing from an array', '?utm_source[]=a&utm_source%5B0%5D=b', {}],
    ['nothing from unknown names', '?utm_number=1&utm_=2&utm=3&source=4', {}],
    ['nothing from names on every object', '?__proto__=a&constructor=b&utm___proto__=c', {}],
  ])('reads %s', (_, query, utm) => {
    expect(parseCampaign(`https://shop.example/${query}`)).toEqual({ utm, clickIds: {} })
  })

  test.each([
    ['the name in lower case, the value as it is', '?GCLID=AbC', { gclid: 'AbC' }],
    ['Snapchat by its own spelling', '?ScCid=Xy1', { sccid: 'Xy1' }],
    ['the first of two', '?gclid=AbC&gclid=xyz', { gclid: 'AbC' }],
    ['the value decoded once', '?gclid=a%20b%2Bc', { gclid: 'a b+c' }],
    ['several kinds', '?fbclid=x&gclid=y', { fbclid: 'x', gclid: 'y' }],
    ['no blank value', '?gclid=&fbclid=%20', {}],
    ['no generic name', '?clickid=1', {}],
    ['no recipient of an e-mail', '?_kx=1&mc_eid=2&mkt_tok=3&_hsenc=4', {}],
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

  test.each([
    undefined,
    '',
    '?utm_source=a',
    '/path?utm_source=a',
    '//host/?utm_source=a',
    'https://a.example/',
    'https://a.example/#?utm_source=a',
    'https://a.example/#utm_source=a',
    'no address ?utm_source=a',
  ])('%j carries no campaign', (url) => {
    expect(parseCampaign(url)).toEqual(empty)
  })

  test('the fragment is not part of the last value', () => {
    expect(parseCampaign('https://a.example/?utm_source=a#top').utm).toEqual({ source: 'a' })
  })

  test('an app link carries a campaign as a page does', () => {
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

describe('sameCampaign', () => {
  const spring = { utm: { source: 'a', campaign: 'spring' }, clickIds: { gclid: '1', fbclid: '2' } }

  test.each([
    ['itself', spring, true],
    [
      'another order',
      { utm: { campaign: 'spring', source: 'a' }, clickIds: { fbclid: '2', gclid: '1' } },
      true,
    ],
    [
      'a blank more',
      { utm: { ...spring.utm, term: '' }, clickIds: { ...spring.clickIds, wbraid: '' } },
      true,
    ],
    ['another value', { ...spring, utm: { source: 'a', campaign: 'Spring' } }, false],
    ['another id', { ...spring, utm: { ...spring.utm, id: '1' } }, false],
    ['another tactic', { ...spring, utm: { ...spring.utm, marketing_tactic: 'retargeting' } }, false],
    ['another field', { ...spring, utm: { source: 'a', term: 'spring' } }, false],
    ['another click id', { ...spring, clickIds: { gclid: '1', fbclid: '3' } }, false],
    ['one click id less', { ...spring, clickIds: { gclid: '1' } }, false],
    ['nothing', empty, false],
  ])('compared with %s', (_, other, expected) => {
    expect(sameCampaign(spring, other)).toBe(expected)
    expect(sameCampaign(other, spring)).toBe(expected)
  })
})

describe('clickIdNames', () => {
  test('each name is lower case and there once', () => {
    expect(clickIdNames.every((name) => name === name.toLowerCase())).toBe(true)
    expect(new Set(clickIdNames).size).toBe(clickIdNames.length)
  })
})
