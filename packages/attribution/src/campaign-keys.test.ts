/** States which parameters make a campaign, and when two addresses have the same one. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCampaign } from './campaign.ts'
import { campaignIn, isCampaignKey } from './campaign-keys.ts'
import { clickIdNames, isRecipientId, recipientIdNames } from './click-id-names.ts'

describe('the campaign of an address', () => {
  const spring = 'utm_source=a&utm_medium=b&utm_campaign=spring&gclid=AbC&fbclid=2'

  test.each<[string, string, boolean]>([
    ['itself', spring, true],
    ['the same in another order', 'fbclid=2&gclid=AbC&utm_campaign=spring&utm_medium=b&utm_source=a', true],
    ['the same among other parameters', `page=2&${spring}&sort=price`, true],
    ['extra parameters without a value', `${spring}&utm_term=&wbraid`, true],
    ['a name in another case', spring.replace('utm_source', 'UTM_Source'), true],
    ['a source in another case', spring.replace('=a', '=A'), true],
    ['a medium in another case', spring.replace('=b', '=B'), true],
    ['a campaign in another case', spring.replace('spring', 'Spring'), false],
    ['another id', `${spring}&utm_id=1`, false],
    ['another tactic', `${spring}&utm_marketing_tactic=retargeting`, false],
    ['another field', spring.replace('utm_campaign', 'utm_term'), false],
    ['another click id', spring.replace('fbclid=2', 'fbclid=3'), false],
    ['a click id in another case', spring.replace('AbC', 'abc'), false],
    ['one click id less', spring.replace('&fbclid=2', ''), false],
    ['none', 'page=2', false],
  ])('compared with %s', (_, query, expected) => {
    const other = campaignIn(`https://shop.example/other?${query}`)
    expect(other === campaignIn(`https://shop.example/?${spring}`)).toBe(expected)
  })

  test.each([
    ['in the fragment', 'https://shop.example/#utm_source=a'],
    ['in the fragment of a hash router', 'https://shop.example/#/cart?utm_source=a'],
    ['after a second question mark', 'https://shop.example/?page=2?utm_source=a'],
    ['after an ampersand written for HTML', 'https://shop.example/?page=2&amp;utm_source=a'],
    ['in the link of an app', 'myapp://open?utm_source=a'],
    ['in a part of an address', '?utm_source=a'],
  ])('is found %s', (_, url) => {
    expect(campaignIn(url)).toBe('utm_source=a')
  })

  test.each([undefined, '', 'https://shop.example/', 'https://shop.example/?utm_source=', 'utm_source'])(
    'is empty in %j',
    (url) => {
      expect(campaignIn(url)).toBe('')
    },
  )

  test('is found whenever its parser finds one in plain parameters', () => {
    const word = fc.stringMatching(/^[\w.-]{1,9}$/)
    const pair = fc
      .tuple(fc.constantFrom('utm_source', 'gclid', 'page', 'q'), word)
      .map((each) => each.join('='))
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const url = `https://shop.example/?${pairs.join('&')}`
        const { utm, clickIds } = parseCampaign(url)
        expect(campaignIn(url) !== '').toBe(Object.keys({ ...utm, ...clickIds }).length > 0)
      }),
    )
  })
})

describe('the names of click ids', () => {
  test('are in lower case, and each is listed once', () => {
    expect(clickIdNames.every((name) => name === name.toLowerCase())).toBe(true)
    expect(new Set(clickIdNames).size).toBe(clickIdNames.length)
  })

  test('are campaign keys in any case, as UTM names are', () => {
    expect(['GCLID', 'utm_Source', '_kx', 'utm_id'].every(isCampaignKey)).toBe(true)
    expect(['utm_', 'utm_number', 'clickid', 'source', ''].some(isCampaignKey)).toBe(false)
  })

  test('that stand for the recipient of an e-mail are recognised in any case', () => {
    expect(recipientIdNames.every((name) => isRecipientId(name.toUpperCase()))).toBe(true)
    expect(['gclid', 'kx', 's', ''].some(isRecipientId)).toBe(false)
  })
})
