/** States what click ids prove, and what wins where tags, click ids and referrer disagree. */
import { describe, expect, test } from 'vitest'
import { parseCampaign } from './campaign.ts'
import { clickIdNames } from './click-id-names.ts'
import { clickIdMeanings, isPaidMedium, primaryClickId, sourceMedium } from './click-ids.ts'

function read(query: string, referrer?: { referrerDomain: string; referrerCategory?: string }) {
  return sourceMedium({ ...parseCampaign(`https://shop.example/?${query}`), ...referrer })
}

describe('sourceMedium', () => {
  test.each([
    // Only click ids
    ['gclid=x', 'google', 'cpc', true],
    ['gbraid=x', 'google', 'cpc', true],
    ['gad_source=1', 'google', 'cpc', true],
    ['dclid=x', 'dbm', 'display', true],
    ['msclkid=x', 'bing', 'cpc', true],
    ['li_fat_id=x', 'linkedin', 'cpc', true],
    ['ScCid=x', 'snapchat', 'cpc', true],
    ['irclickid=x', 'impact', 'affiliate', true],
    ['yclid=x', 'yandex', 'cpc', true],
    ['mc_cid=x', 'mailchimp', 'email', false],
    // No proof of payment
    ['fbclid=x', 'facebook', 'social', false],
    ['igshid=x', 'instagram', 'social', false],
    ['srsltid=x', 'google', 'organic', false],
    ['ysclid=x', 'yandex', 'organic', false],
    // Tags win
    ['utm_source=a&utm_medium=b', 'a', 'b', false],
    ['utm_source=news&utm_medium=email&gclid=x', 'news', 'email', false],
    ['utm_source=facebook&utm_medium=cpc&fbclid=x', 'facebook', 'cpc', true],
    ['utm_source=a&utm_medium=paid_social', 'a', 'paid_social', true],
    ['utm_source=tiktok&utm_medium=social&ttclid=x', 'tiktok', 'social', true],
    ['utm_source=publisher&utm_medium=affiliate&awc=x', 'publisher', 'affiliate', true],
    ['utm_source=publisher&utm_medium=Affiliate&awc=x', 'publisher', 'Affiliate', true],
    // … except over the medium of a click that Google Ads charged for
    ['utm_source=google&utm_medium=organic&gclid=x', 'google', 'cpc', true],
    ['utm_source=google&utm_medium=Organic&wbraid=x', 'google', 'cpc', true],
    ['utm_source=bing&utm_medium=organic&msclkid=x', 'bing', 'organic', true],
    ['utm_source=google&utm_medium=organic&srsltid=x', 'google', 'organic', false],
    // Click ids fill what tags leave open
    ['utm_source=spring&gclid=x', 'spring', 'cpc', true],
    ['utm_medium=email&gclid=x', 'google', 'email', true],
    ['utm_medium=social&fbclid=x', 'facebook', 'social', false],
    ['utm_source=newsletter&fbclid=x', 'newsletter', null, false],
    ['utm_campaign=spring&gclid=x', 'google', 'cpc', true],
    // An e-mail, by the id of its recipient
    ['_kx=x', 'klaviyo', 'email', false],
    ['mc_eid=x', 'mailchimp', 'email', false],
    ['mkt_tok=x', 'marketo', 'email', false],
    ['_hsenc=x', 'hubspot', 'email', false],
    ['vero_id=a@b.example', 'vero', 'email', false],
    ['_kx=x&utm_source=spring&utm_medium=newsletter', 'spring', 'newsletter', false],
    ['_kx=x&gclid=y', 'google', 'cpc', true],
    // An AI assistant, by the source of the link
    ['utm_source=chatgpt.com', 'chatgpt.com', 'ai-assistant', false],
    ['utm_source=www.perplexity.ai', 'www.perplexity.ai', 'ai-assistant', false],
    ['utm_source=Perplexity', 'Perplexity', 'ai-assistant', false],
    ['utm_source=chatgpt.com&utm_campaign=spring', 'chatgpt.com', 'ai-assistant', false],
    ['utm_source=copilot.com&fbclid=x', 'copilot.com', 'ai-assistant', false],
    ['utm_source=chatgpt.com&utm_medium=cpc', 'chatgpt.com', 'cpc', true],
    ['utm_source=openai&utm_medium=newsletter', 'openai', 'newsletter', false],
    ['utm_source=bing.com', 'bing.com', null, false],
    // Several click ids
    ['fbclid=x&gclid=y', 'google', 'cpc', true],
    ['fbclid=x&gclid=y&utm_source=facebook', 'facebook', null, false],
    ['msclkid=x&gclid=y', 'google', 'cpc', true],
    ['utm_source=bing&gclid=x&msclkid=y', 'bing', 'cpc', true],
    // A gclid that Search Ads 360 created for another engine
    ['gclid=x&gclsrc=3p.ds', null, 'cpc', true],
    ['gclid=x&gclsrc=ds', null, 'cpc', true],
    ['gclid=x&gclsrc=aw.ds', 'google', 'cpc', true],
    ['gclid=x&gclsrc=ds&utm_source=bing', 'bing', 'cpc', true],
    ['gclsrc=aw.ds', null, null, false],
    // Nothing
    ['', null, null, false],
    ['utm_campaign=spring', null, null, false],
  ])('?%s is %s / %s, paid: %s', (query, source, medium, paid) => {
    expect(read(query)).toEqual({ source, medium, paid })
  })

  test.each([
    ['google.co.uk', 'search', 'google', 'organic'],
    ['duckduckgo.com', 'search', 'duckduckgo', 'organic'],
    ['facebook.com', 'social', 'facebook.com', 'social'],
    ['mail.google.com', 'email', 'mail.google.com', 'email'],
    ['chatgpt.com', 'ai', 'chatgpt.com', 'ai-assistant'],
    ['partner.example', 'other', 'partner.example', 'referral'],
    ['partner.example', undefined, 'partner.example', 'referral'],
  ])('untagged from %s (%s) is %s / %s', (referrerDomain, referrerCategory, source, medium) => {
    expect(read('', { referrerDomain, referrerCategory })).toEqual({ source, medium, paid: false })
  })

  test.each([
    ['syndicatedsearch.goog', 'google'],
    ['adsensecustomsearchads.com', 'google'],
    ['doubleclick.net', 'google'],
    ['adservice.google.de', 'google'],
    ['r.msn.com', 'bing'],
    ['trc.taboola.com', 'taboola'],
    ['adnxs.com', 'adnxs'],
  ])('untagged from %s, which only serves ads, is %s / cpc and paid', (referrerDomain, source) => {
    const referrer = { referrerDomain, referrerCategory: 'paid' }
    expect(read('', referrer)).toEqual({ source, medium: 'cpc', paid: true })
    expect(read('utm_campaign=spring', referrer)).toEqual({ source, medium: 'cpc', paid: true })
  })

  test.each([
    [
      'a click id that proves no payment loses',
      'fbclid=x',
      { source: 'facebook', medium: 'cpc', paid: true },
    ],
    ['one that proves it wins', 'msclkid=x', { source: 'bing', medium: 'cpc', paid: true }],
    ['tags win', 'utm_source=news&utm_medium=email', { source: 'news', medium: 'email', paid: false }],
  ])('against a host that only serves ads, %s', (_, query, expected) => {
    expect(read(query, { referrerDomain: 'an.facebook.com', referrerCategory: 'paid' })).toEqual(expected)
  })

  test.each([
    ['a click id beats the referrer', 'gclid=x', 'duckduckgo.com', { source: 'google', paid: true }],
    [
      'of several click ids, that of the referrer counts',
      'gclid=x&fbclid=y',
      'm.facebook.com',
      { source: 'facebook', paid: false },
    ],
    [
      'a foreign gclid takes the referrer as source',
      'gclid=x&gclsrc=ds',
      'bing.com',
      { source: 'bing', paid: true },
    ],
    ['tags and referrer do not mix', 'utm_medium=email', 'bing.com', { source: null, medium: 'email' }],
    [
      'a mere campaign name does not hide the referrer',
      'utm_campaign=a',
      'bing.com',
      { source: 'bing', medium: 'organic' },
    ],
  ])('%s', (_, query, referrerDomain, expected) => {
    expect(read(query, { referrerDomain, referrerCategory: 'search' })).toMatchObject(expected)
  })
})

describe('primaryClickId', () => {
  test.each([
    [
      { fbclid: 'a', gclid: 'b' },
      { type: 'gclid', value: 'b' },
    ],
    [
      { gclsrc: 'aw.ds', gad_source: '1', gclid: 'b' },
      { type: 'gclid', value: 'b' },
    ],
    [
      { gad_source: '1', msclkid: 'b' },
      { type: 'msclkid', value: 'b' },
    ],
    [
      { fbclid: 'a', awc: 'b' },
      { type: 'awc', value: 'b' },
    ],
    [
      { gclid: '', fbclid: 'a' },
      { type: 'fbclid', value: 'a' },
    ],
    [
      { my_network: 'a', fbclid: 'b' },
      { type: 'fbclid', value: 'b' },
    ],
    [
      { zeta: 'a', alpha: 'b' },
      { type: 'alpha', value: 'b' },
    ],
    [{ GCLID: 'AbC' }, { type: 'gclid', value: 'AbC' }],
  ])('of %j it is %j', (clickIds, expected) => {
    expect(primaryClickId(clickIds)).toEqual(expected)
  })

  test('without click ids it is undefined', () => {
    expect(primaryClickId({})).toBeUndefined()
    expect(primaryClickId({ gclid: '' })).toBeUndefined()
  })
})

describe('clickIdMeanings', () => {
  test('every name has a meaning, and names that prove a payment come first', () => {
    expect(Object.keys(clickIdMeanings).sort()).toEqual([...clickIdNames].sort())
    const paid = clickIdNames.map((name) => clickIdMeanings[name].paid)
    expect(paid.lastIndexOf(true)).toBeLessThan(paid.indexOf(false))
  })

  test.each([
    ['cpc', true],
    ['CPM', true],
    ['ppc', true],
    ['paid-social', true],
    ['email', false],
    [null, false],
  ])('the medium %s is bought: %s', (medium, expected) => expect(isPaidMedium(medium)).toBe(expected))
})
