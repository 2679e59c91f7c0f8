/** What the SDK does in a frame, and in a page that no one sees yet. */
import { expect } from 'vitest'
import { flush, hasClient } from './tab.ts'
import { testInChromium } from './test-in-browser.ts'

const test = testInChromium()

test('a frame of the same site records its own page view, for the same visitor and session', async ({
  site,
  visitor: { page },
}) => {
  site.pages['/around'] = { body: '<iframe src="/framed"></iframe>' }
  await page.goto(`${site.origin}/around`)
  const frame = page.frames()[1]!
  await hasClient(frame)
  await hasClient(page)
  await flush(page)
  await frame.evaluate(() => headwater.flush())
  await expect.poll(() => site.events.length).toBe(2)
  expect(site.events.map(({ url }) => new URL(url ?? '').pathname).sort()).toEqual(['/around', '/framed'])
  expect(new Set(site.events.map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
  expect(new Set(site.events.map(({ session }) => session?.id)).size).toBe(1)
})

test('a frame without automatic page views records only what it is asked to', async ({
  site,
  visitor: { page },
}) => {
  site.pages['/around'] = { body: '<iframe src="/framed"></iframe>' }
  site.pages['/framed'] = { tag: { 'data-auto-page': 'false' } }
  await page.goto(`${site.origin}/around`)
  const frame = page.frames()[1]!
  await hasClient(frame)
  await hasClient(page)
  await frame.evaluate(() => headwater.track('played'))
  await flush(page)
  await frame.evaluate(() => headwater.flush())
  await expect.poll(() => site.events.length).toBe(2)
  expect(site.events.map(({ name }) => name).sort()).toEqual(['page_view', 'played'])
})

test('a page that opens hidden records and delivers its view', async ({ site, visitor: { page } }) => {
  await page.addInitScript(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    Object.defineProperty(document, 'hidden', { get: () => true })
  })
  await page.goto(`${site.origin}/`)
  await hasClient(page)
  await flush(page)
  expect(site.events.map(({ name }) => name)).toEqual(['page_view'])
})
