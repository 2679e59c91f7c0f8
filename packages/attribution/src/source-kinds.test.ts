/** States what kind of place a source is. */
import { describe, expect, test } from 'vitest'
import { isAdAccount, kindOfSource } from './source-kinds.ts'

describe('kindOfSource', () => {
  test.each([
    ['google', 'search'],
    ['www.google.co.uk', 'search'],
    ['kagi.com', 'search'],
    ['Facebook', 'social'],
    ['x', 'social'],
    ['old.reddit.com', 'social'],
    ['bit.ly', 'social'],
    ['Google Shopping', 'shopping'],
    ['m.alibaba.com', 'shopping'],
    ['amazon.de', 'shopping'],
    ['shopping.yahoo.co.jp', 'shopping'],
    ['youtube.com', 'video'],
    ['youtu.be', 'video'],
    ['chatgpt.com', 'ai'],
    ['Gemini', 'ai'],
    ['mail.google.com', 'email'],
    ['https://mail.google.com/mail', 'email'],
    ['newsletter', undefined],
    ['partner.example', undefined],
    ['google.com.evil.example', undefined],
    ['notyoutube.com', undefined],
    ['', undefined],
    ['.', undefined],
  ])('%j is %s', (source, kind) => {
    expect(kindOfSource(source)).toBe(kind)
  })

  test.each([
    'facebook_ads',
    'Facebook Ads',
    'fbads',
    'fbad',
    'yt-ads',
    'google.ads',
    'AdWords',
    'microsoft_ads',
  ])('%j names ads of a known platform', (source) => {
    expect(isAdAccount(source)).toBe(true)
    expect(kindOfSource(source)).toBeDefined()
  })

  test.each(['ads', 'ad', 'goodreads', 'threads', 'downloads', 'facebook', 'our-ads', 'ads.google.com', ''])(
    '%j does not',
    (source) => expect(isAdAccount(source)).toBe(false),
  )
})
