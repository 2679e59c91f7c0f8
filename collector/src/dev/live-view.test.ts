/** The amounts and sources on the start page. */
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestCollector, type TestCollector } from '../testing.ts'
import { readLiveView } from './live-view.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  afterAll(() => collector.db.close())

  const occurred_at = new Date(Date.parse('2026-11-20T11:00:00Z')).toISOString()
  const view = () => readLiveView(collector.db, collector.websiteId)

  describe('an amount', () => {
    it.each([
      ['EUR', 4999, '49.99 EUR'],
      ['HUF', 500000, '5,000.00 HUF'],
      ['IQD', 5000, '5.000 IQD'],
      ['JPY', 5000, '5,000 JPY'],
    ])('in %s has the decimals of its currency', async (currency, revenue_cents, expected) => {
      const sale = { type: 'track', name: `sale ${currency}`, conversion: true, revenue_cents, currency }
      await collector.send([
        { idempotency_key: currency, anonymous_id: 'a', url: 'https://shop.example/', occurred_at, ...sale },
      ])
      expect((await view()).conversions).toContainEqual(
        expect.objectContaining({ name: `sale ${currency}`, value: expected }),
      )
    })
  })

  it.each([
    ['?utm_source=news&utm_medium=email', undefined, 'news / email', 'Campaign'],
    ['?gclid=x', undefined, 'google / cpc', 'Paid'],
    ['?fbclid=x', undefined, 'facebook / social', 'Social'],
    ['?utm_source=chatgpt.com', undefined, 'chatgpt.com', 'AI assistant'],
    ['', 'https://www.google.com/', 'google.com', 'Organic'],
    ['', 'https://blog.example/post', 'blog.example', 'Referral'],
    ['', undefined, 'Direct', 'Direct'],
  ])('a landing at %j from %s is labelled %s, of kind %s', async (query, referrer_url, label, kind) => {
    const key = `${query} ${referrer_url}`
    await collector.send([
      {
        idempotency_key: key,
        anonymous_id: key,
        type: 'page',
        name: 'page_view',
        url: `https://shop.example/${query}`,
        referrer_url,
        occurred_at,
      },
    ])
    const { touches, sessions } = await view()
    expect(touches).toContainEqual(expect.objectContaining({ label, kind }))
    expect(sessions).toContainEqual(expect.objectContaining({ source: label }))
  })
})
