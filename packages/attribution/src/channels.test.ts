/** States to which channel touches belong. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ChannelCondition,
  type ChannelRulesetName,
  type ChannelSource,
  channelOf,
  channels,
} from './channels.ts'
import { sourceOf } from './touch.ts'

type Tags = [source: string | null, medium: string | null, campaign?: string | null]

function tagged([source, medium, campaign]: Tags): ChannelSource {
  return { utm: { source, medium, campaign }, isDirect: false }
}

function channelOfTags(ruleset: ChannelRulesetName, ...tags: Tags): string {
  return channelOf(tagged(tags), { ruleset })
}

function channelOfArrival(
  query: string,
  referrer?: string,
  ruleset: ChannelRulesetName = 'headwater',
): string {
  const url = `https://shop.example/${query}`
  return channelOf(sourceOf({ url, referrerUrl: referrer && `https://${referrer}/` }), { ruleset })
}

describe.each(['ga4', 'headwater'] as const)('in the ruleset %s', (ruleset) => {
  test.each<[...Tags, string]>([
    // The order of the channels decides
    ['facebook', 'email', null, 'Organic Social'],
    ['google', 'email', null, 'Organic Search'],
    ['ebay', 'affiliate', null, 'Organic Shopping'],
    ['youtube.com', 'social', null, 'Organic Social'],
    ['google', 'cpc', 'summer-shopping', 'Paid Shopping'],
    ['google', 'cpc', 'x-cross-network-y', 'Cross-network'],
    ['(direct)', '(none)', 'cross-network', 'Direct'],
    ['email', 'referral', null, 'Email'],
    // cpm is display, except at a source that has a paid channel
    ['some-source', 'cpm', null, 'Display'],
    ['facebook', 'cpm', null, 'Paid Social'],
    ['some-source', 'banner', null, 'Display'],
    // Every medium that holds cp or begins with paid is paid
    ['some-source', 'cpx', null, 'Paid Other'],
    ['some-source', 'my-cpa-deal', null, 'Paid Other'],
    ['google', 'paidsearch', null, 'Paid Search'],
    ['google', 'unpaid', null, 'Organic Search'],
    ['google', 'retargeting', null, 'Paid Search'],
    // A shop is one at the start of a word, or after an e
    ['some-source', null, 'shop', 'Organic Shopping'],
    ['some-source', null, 'pet-shop', 'Organic Shopping'],
    ['some-source', null, 'eshop', 'Organic Shopping'],
    ['some-source', null, 'window-shopping', 'Organic Shopping'],
    ['some-source', null, 'workshop', 'Unassigned'],
    ['some-source', null, 'bishop', 'Unassigned'],
    ['some-source', null, 'petshop', 'Unassigned'],
    // Media
    ['some-source', 'sm', null, 'Organic Social'],
    ['some-source', 'in-video-ad', null, 'Organic Video'],
    ['chat.example', 'ai-assistant', null, 'AI Assistant'],
    ['some-source', 'organic', null, 'Organic Search'],
    ['some-source', 'e_mail', null, 'Email'],
    ['e mail', null, null, 'Email'],
    ['some-source', 'affiliate', null, 'Affiliates'],
    ['some-source', 'link', null, 'Referral'],
    ['some-source', 'audio', null, 'Audio'],
    ['sms', null, null, 'SMS'],
    ['firebase', null, null, 'Mobile Push Notifications'],
    ['some-source', 'web-push', null, 'Mobile Push Notifications'],
    ['some-source', 'push-web', null, 'Unassigned'],
    ['some-source', 'some-medium', 'some-campaign', 'Unassigned'],
  ])('source %j, medium %j, campaign %j is %s', (source, medium, campaign, channel) => {
    expect(channelOfTags(ruleset, source, medium, campaign)).toBe(channel)
  })

  test.each([
    ['', undefined, 'Direct'],
    ['', 'www.google.de', 'Organic Search'],
    ['', 'm.facebook.com', 'Organic Social'],
    ['', 'www.youtube.com', 'Organic Video'],
    ['', 'www.ebay.co.uk', 'Organic Shopping'],
    ['', 'chatgpt.com', 'AI Assistant'],
    ['', 'blog.partner.example', 'Referral'],
    ['?gclid=x', undefined, 'Paid Search'],
    ['?fbclid=x', 'l.facebook.com', 'Organic Social'],
    ['?dclid=x', undefined, 'Display'],
    ['?awc=x', undefined, 'Affiliates'],
    ['?mc_cid=x', undefined, 'Email'],
    ['?utm_source=google&utm_medium=organic&gclid=x', undefined, 'Paid Search'],
  ])('an arrival at %j from %j is %s', (query, referrer, channel) => {
    expect(channelOfArrival(query, referrer, ruleset)).toBe(channel)
  })
})

describe('our ruleset recognises what GA4 does not', () => {
  test.each<[...Tags, ga4: string, ours: string]>([
    ['some-source', 'affiliates', null, 'Unassigned', 'Affiliates'],
    ['some-source', 'newsletter', null, 'Unassigned', 'Email'],
    ['Newsletter-UK', null, null, 'Unassigned', 'Email'],
    ['chatgpt.com', null, null, 'Unassigned', 'AI Assistant'],
    ['chatgpt.com', 'referral', null, 'Referral', 'AI Assistant'],
    ['www.perplexity.ai', 'referral', null, 'Referral', 'AI Assistant'],
    ['copilot', null, null, 'Unassigned', 'AI Assistant'],
    ['google.com', 'cpc', null, 'Paid Other', 'Paid Search'],
    ['www.google.co.uk', null, null, 'Unassigned', 'Organic Search'],
    ['x.com', 'cpc', null, 'Paid Other', 'Paid Social'],
    ['old.amazon.de', 'paid', null, 'Paid Other', 'Paid Shopping'],
    ['facebook_ads', 'cpc', null, 'Paid Other', 'Paid Social'],
    ['fbad', null, null, 'Unassigned', 'Paid Social'],
    ['yt-ads', null, null, 'Unassigned', 'Paid Video'],
    ['adwords', null, null, 'Unassigned', 'Paid Search'],
    ['mail.yandex.ru', null, null, 'Organic Search', 'Email'],
  ])('source %j, medium %j, campaign %j', (source, medium, campaign, ga4, ours) => {
    expect(channelOfTags('ga4', source, medium, campaign)).toBe(ga4)
    expect(channelOfTags('headwater', source, medium, campaign)).toBe(ours)
  })

  test.each([
    ['', 'mail.google.com', 'Referral', 'Email'],
    ['', 'x.com', 'Referral', 'Organic Social'],
    ['', 'www.temu.com', 'Referral', 'Organic Shopping'],
    ['', 'shopping.yahoo.co.jp', 'Organic Shopping', 'Organic Shopping'],
    // Tags without a source: the referrer is the place
    ['?utm_medium=ppc', 'www.ebay.co.uk', 'Paid Other', 'Paid Shopping'],
    ['?utm_campaign=spring', 'mail.google.com', 'Referral', 'Email'],
    ['?utm_campaign=spring', 'claude.ai', 'AI Assistant', 'AI Assistant'],
    // A click id proves the payment that the tags do not show
    ['?utm_source=google&utm_medium=pmax&gad_source=1', undefined, 'Organic Search', 'Paid Search'],
    ['?utm_source=tiktok&utm_medium=social&ttclid=x', undefined, 'Organic Social', 'Paid Social'],
    ['?utm_source=publisher&utm_medium=affiliates&awc=x', undefined, 'Unassigned', 'Affiliates'],
    ['?utm_source=google&utm_medium=display&gclid=x', undefined, 'Display', 'Display'],
    ['?utm_source=news&utm_medium=email&gclid=x', undefined, 'Email', 'Email'],
    // A Google ad may stand on YouTube or on other sites
    ['?gclid=x', 'www.youtube.com', 'Paid Search', 'Paid Video'],
    ['?gclid=x', 'a.safeframe.googlesyndication.com', 'Paid Search', 'Paid Other'],
    ['?gclid=x', 'syndicatedsearch.goog', 'Paid Search', 'Paid Search'],
    ['?gclid=x', 'duckduckgo.com', 'Paid Search', 'Paid Search'],
    ['', 'www.youtube.com', 'Organic Video', 'Organic Video'],
  ])('an arrival at %j from %j', (query, referrer, ga4, ours) => {
    expect(channelOfArrival(query, referrer, 'ga4')).toBe(ga4)
    expect(channelOfArrival(query, referrer)).toBe(ours)
  })

  test.each([
    'goodreads',
    'threads',
    'downloads',
    'notfacebook.com',
    'facebook.com.evil.example',
    'amazon.zip',
  ])('but finds no ad in the source %j', (source) =>
    expect(channelOfTags('headwater', source, null)).not.toMatch(/^Paid|Shopping/),
  )
})

describe('a stored touch', () => {
  test('is read with null for what it does not have', () => {
    const row = {
      utm: { source: null, medium: null, campaign: null, term: null, content: null },
      clickIdType: null,
      referrerDomain: 'google.de',
      isDirect: false,
      type: 'landing',
    }
    expect(channelOf(row, { ruleset: 'headwater' })).toBe('Organic Search')
  })

  test('that was reported without a source is not direct', () => {
    expect(channelOf({ utm: {}, isDirect: false, type: 'call' }, { ruleset: 'headwater' })).toBe('Unassigned')
  })
})

describe('a custom rule', () => {
  const touch: ChannelSource = {
    ...sourceOf({
      url: 'https://shop.example/?gclid=AbC&utm_campaign=Brand+DE',
      referrerUrl: 'https://a.example/',
    }),
    type: 'landing',
  }

  function channelBy(conditions: readonly ChannelCondition[], source = touch): string {
    return channelOf(source, { ruleset: 'headwater', custom: [{ channel: 'Ours', conditions }] })
  }

  test.each<ChannelCondition>([
    { field: 'source', op: 'is', value: 'google' },
    { field: 'medium', op: 'is', value: ' CPC ' },
    { field: 'campaign', op: 'contains', value: 'BRAND' },
    { field: 'campaign', op: 'starts_with', value: 'brand ' },
    { field: 'campaign', op: 'ends_with', value: 'de' },
    { field: 'click_id_type', op: 'in', values: ['msclkid', 'GCLID'] },
    { field: 'referrer_domain', op: 'ends_with', value: '.example' },
    { field: 'touch_type', op: 'is', value: 'landing' },
  ])('wins over the ruleset when %j holds', (condition) => {
    expect(channelBy([condition])).toBe('Ours')
  })

  test.each<ChannelCondition>([
    { field: 'source', op: 'is', value: 'goog' },
    { field: 'campaign', op: 'starts_with', value: 'de' },
    { field: 'campaign', op: 'ends_with', value: 'brand' },
    { field: 'click_id_type', op: 'in', values: ['msclkid'] },
    { field: 'term', op: 'contains', value: 'a' },
  ])('leaves the touch to the ruleset when %j does not hold', (condition) => {
    expect(channelBy([condition])).toBe('Paid Search')
  })

  test('needs all of its conditions', () => {
    const holds: ChannelCondition = { field: 'source', op: 'is', value: 'google' }
    const fails: ChannelCondition = { field: 'medium', op: 'is', value: 'email' }
    expect(channelBy([holds, fails])).toBe('Paid Search')
  })

  test('that names no source can claim direct touches by their type', () => {
    const direct: ChannelSource = { utm: {}, isDirect: true, type: 'call' }
    expect(channelBy([{ field: 'touch_type', op: 'is', value: 'call' }], direct)).toBe('Ours')
  })

  test('before another wins', () => {
    const conditions: ChannelCondition[] = [{ field: 'source', op: 'contains', value: 'goo' }]
    const custom = ['First', 'Second'].map((channel) => ({ channel, conditions }))
    expect(channelOf(touch, { ruleset: 'ga4', custom })).toBe('First')
  })
})

describe('for any source', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'google',
      'x.com',
      'facebook_ads',
      'cpc',
      'email',
      'social',
      'newsletter',
      'gclid',
      '__proto__',
    ),
  )
  const maybe = fc.option(text)
  const utm = fc.record({ source: maybe, medium: maybe, campaign: maybe })
  const anySource = fc.record({
    utm,
    clickIdType: maybe,
    referrerDomain: maybe,
    isDirect: fc.boolean(),
    type: maybe,
  })
  const anyRuleset = fc.constantFrom<ChannelRulesetName>('ga4', 'headwater')

  test('the channel is one of the list', () => {
    fc.assert(
      fc.property(anySource, anyRuleset, (source, ruleset) => {
        expect(channels).toContain(channelOf(source, { ruleset }))
      }),
    )
  })

  test('case and surrounding spaces do not matter', () => {
    const shout = (value: string | null) =>
      value && ` ${value.replace(/[a-z]/g, (letter) => letter.toUpperCase())}\t`
    fc.assert(
      fc.property(anySource, anyRuleset, (source, ruleset) => {
        const shouted = {
          ...source,
          utm: {
            source: shout(source.utm.source),
            medium: shout(source.utm.medium),
            campaign: shout(source.utm.campaign),
          },
          clickIdType: shout(source.clickIdType),
          referrerDomain: shout(source.referrerDomain),
        }
        expect(channelOf(shouted, { ruleset })).toBe(channelOf(source, { ruleset }))
      }),
    )
  })

  test('a custom rule that holds decides', () => {
    fc.assert(
      fc.property(anySource, anyRuleset, fc.string({ minLength: 1 }), (source, ruleset, channel) => {
        const conditions: ChannelCondition[] = [{ field: 'touch_type', op: 'is', value: 'Call' }]
        const custom = [{ channel, conditions }]
        expect(channelOf({ ...source, type: 'call' }, { ruleset, custom })).toBe(channel)
      }),
    )
  })
})

test('reports list the channels in the order of GA4, and what no rule claims last', () => {
  expect(channels).toHaveLength(20)
  expect([channels[0], channels[11], channels[12], channels.at(-1)]).toEqual([
    'Direct',
    'AI Assistant',
    'Organic Search',
    'Unassigned',
  ])
})
