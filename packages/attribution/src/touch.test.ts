/** States what makes the source of a touch, and when two sources are one. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Arrival, sourceOf, type TouchSource, touchKeyText } from './touch.ts'

const page = 'https://shop.example/p'

describe('sourceOf', () => {
  test('nothing but a page is direct', () => {
    expect(sourceOf({ url: page })).toEqual({ utm: {}, isDirect: true })
    expect(sourceOf({})).toEqual({ utm: {}, isDirect: true })
  })

  test('coming from no address is direct', () => {
    expect(sourceOf({ url: page, referrerUrl: 'about:blank' })).toEqual({ utm: {}, isDirect: true })
  })

  test.each([
    ['the page itself', 'https://www.shop.example/other'],
    ['a payment host', 'https://www.paypal.com/checkout'],
  ])('coming from %s is no touch, unless a campaign came with it', (_, referrerUrl) => {
    expect(sourceOf({ url: page, referrerUrl })).toEqual({ utm: {}, isDirect: true, isFromWithin: true })
    expect(sourceOf({ url: `${page}?utm_source=a`, referrerUrl })).toEqual({
      utm: { source: 'a' },
      isDirect: false,
    })
  })

  test.each([
    [
      'a referrer',
      { url: page, referrerUrl: 'https://www.google.de/' },
      { utm: {}, referrerDomain: 'google.de' },
    ],
    ['a tag', { url: `${page}?utm_source=news` }, { utm: { source: 'news' } }],
    ['a click id', { url: `${page}?GCLID=AbC` }, { utm: {}, clickIdType: 'gclid', clickIdValue: 'AbC' }],
  ])('%s makes a touch that is not direct', (_, arrival, expected) => {
    expect(sourceOf(arrival)).toEqual({ ...expected, isDirect: false })
  })

  test('of several click ids the strongest proof counts', () => {
    expect(sourceOf({ url: `${page}?fbclid=a&gclid=b` })).toMatchObject({
      clickIdType: 'gclid',
      clickIdValue: 'b',
    })
  })

  test('what the session says wins over the address, as a whole', () => {
    const touch = sourceOf({ url: `${page}?utm_source=b&utm_term=c&gclid=d`, utm: { source: 'a' } })
    expect(touch).toEqual({ utm: { source: 'a' }, isDirect: false })
  })

  test('when the session says nothing, the address counts', () => {
    const arrival = { url: `${page}?utm_source=b`, utm: { source: '' }, clickIds: {} }
    expect(sourceOf(arrival).utm).toEqual({ source: 'b' })
  })

  test('a click id of an unknown network counts when the session names it', () => {
    const touch = sourceOf({ url: page, clickIds: { my_network: 'a' } })
    expect(touch).toMatchObject({ clickIdType: 'my_network', clickIdValue: 'a', isDirect: false })
  })
})

describe('what a client sends as its campaign', () => {
  test.each<[string, Arrival, Partial<TouchSource>]>([
    [
      'is unescaped and trimmed',
      { utm: { source: ' no%20code ', medium: '' } },
      { utm: { source: 'no code' } },
    ],
    [
      'loses values that hold an e-mail address',
      { utm: { source: 'mail', content: 'bob@b.example', id: 'bob%40b.example' } },
      { utm: { source: 'mail' } },
    ],
    [
      'loses click ids that hold one, in their name or their value',
      { clickIds: { gclid: 'bob@b.example', 'eve@b.example': '1', fbclid: 'x' } },
      { clickIdType: 'fbclid', clickIdValue: 'x' },
    ],
    ['is cut', { utm: { term: 'x'.repeat(300) } }, { utm: { term: 'x'.repeat(256) } }],
    ['keeps click ids unchanged', { clickIds: { gclid: 'A%2520b ' } }, { clickIdValue: 'A%2520b ' }],
  ])('%s', (_, arrival, expected) => {
    expect(sourceOf({ url: page, ...arrival })).toMatchObject({ ...expected, isDirect: false })
  })

  test('uses the address when no given value can be kept', () => {
    const arrival = { url: `${page}?utm_source=a`, utm: { content: 'bob@b.example' } }
    expect(sourceOf(arrival).utm).toEqual({ source: 'a' })
    expect(sourceOf({ url: page, utm: { content: 'bob@b.example' } })).toEqual({ utm: {}, isDirect: true })
  })

  test('is the same source when it was cleaned before', () => {
    const once = sourceOf({ utm: { source: 'no%2520code', campaign: ' a ' }, clickIds: { gclid: 'X' } })
    const twice = sourceOf({ utm: once.utm, clickIds: { gclid: 'X' } })
    expect(twice).toEqual(once)
  })
})

test('of the recipient of an e-mail only the service is kept', () => {
  const expected = { utm: {}, clickIdType: '_kx', isDirect: false }
  expect(sourceOf({ url: `${page}?_kx=secret` })).toEqual(expected)
  expect(sourceOf({ url: page, clickIds: { _kx: 'secret' } })).toEqual(expected)
  expect(touchKeyText(sourceOf({ url: `${page}?_kx=a` }))).toBe(
    touchKeyText(sourceOf({ url: `${page}?_kx=b` })),
  )
})

test('the ignored referrers of a website join the built-in ones', () => {
  const list = ['pay.example']
  expect(sourceOf({ url: page, referrerUrl: 'https://pay.example/' }, list).isFromWithin).toBe(true)
  expect(sourceOf({ url: page, referrerUrl: 'https://www.paypal.com/' }, list).isFromWithin).toBe(true)
  expect(sourceOf({ url: page, referrerUrl: 'https://pay.example/' }).referrerDomain).toBe('pay.example')
})

describe('touchKeyText', () => {
  const source: TouchSource = {
    utm: { source: 'a', medium: 'b', campaign: 'c', term: 'd', content: 'e' },
    clickIdType: 'gclid',
    clickIdValue: 'f',
    referrerDomain: 'g',
    isDirect: false,
  }

  test.each([
    { ...source, utm: { ...source.utm, source: 'x' } },
    { ...source, utm: { ...source.utm, medium: 'x' } },
    { ...source, utm: { ...source.utm, campaign: 'x' } },
    { ...source, utm: { ...source.utm, term: 'x' } },
    { ...source, utm: { ...source.utm, content: 'x' } },
    { ...source, clickIdType: 'wbraid' },
    { ...source, clickIdValue: 'F' },
    { ...source, utm: { ...source.utm, campaign: 'C' } },
    { ...source, referrerDomain: 'x' },
    { ...source, utm: { source: 'a', medium: 'b', campaign: 'c', term: 'e', content: 'd' } },
  ])('%j is another source', (other) => {
    expect(touchKeyText(other)).not.toBe(touchKeyText(source))
  })

  test('absent and blank are the same, in any order of fields', () => {
    const direct = touchKeyText({ utm: {}, isDirect: true })
    expect(touchKeyText({ utm: { content: '', source: '' }, clickIdType: '', isDirect: true })).toBe(direct)
  })

  test('source and medium are the same in any case', () => {
    const utm = { ...source.utm, source: 'A', medium: 'B' }
    expect(touchKeyText({ ...source, utm })).toBe(touchKeyText(source))
  })

  test('what describes a source to an ad platform does not make it another', () => {
    const utm = { ...source.utm, id: '1', source_platform: 'p', creative_format: 'f', marketing_tactic: 't' }
    expect(touchKeyText({ ...source, utm })).toBe(touchKeyText(source))
  })

  test('no value can imitate the border between two fields', () => {
    const text = fc.string({ unit: fc.constantFrom('"', ',', '[', ']', 'n', '\\', 'a'), minLength: 1 })
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, d) => {
        const one = touchKeyText({ utm: { source: a, medium: b }, isDirect: false })
        const two = touchKeyText({ utm: { source: c, medium: d }, isDirect: false })
        expect(one === two).toBe(a === c && b === d)
      }),
    )
  })
})
