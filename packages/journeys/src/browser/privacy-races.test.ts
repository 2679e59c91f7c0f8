/** What a refusal, or `forget`, stops midway: between reading, sending and the answer. */
import type { Tab } from '@headwater/testkit/engines/engine'
import { engineName } from '@headwater/testkit/engines/launch'
import { describe, expect, vi } from 'vitest'
import { lookAt } from './device.ts'
import { flush, letPass, visit } from './tab.ts'
import { testInBrowser } from './test-in-browser.ts'
import { at, names, type TestSite } from './test-site.ts'

const test = testInBrowser()

// Some of these moments lie between asking for the database and having it. Each takes a new visitor, which is slow elsewhere.
const moments = engineName === 'chromium' ? [0, 0, 1, 1, 2, 2, 3, 4, 5, 7, 10, 15] : [0, 1, 3, 7]

const refuse = (page: Tab) => page.evaluate(() => headwater.consent('denied'))

/** From now on the collector answers only once it is released: with this answer first, then with receipts. */
function hold(site: TestSite, first: number | undefined, isMeant = (_: unknown[]) => true): () => void {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let answer = first
  site.answer(async (events) => {
    if (!isMeant(events)) return 413
    await held
    const now = answer
    answer = 200
    return now
  })
  return release
}

/** Lets the collector answer, and the page act on it. */
async function answered(page: Tab, site: TestSite, release: () => void): Promise<void> {
  const before = site.answered()
  release()
  await vi.waitUntil(() => site.answered() > before)
  await letPass(page, 50)
}

describe('a refusal', () => {
  test('while the queue is read stops the request', async ({ visitor: { page }, site }) => {
    await visit(page, at(site))
    await flush(page)
    await page.evaluate(() => {
      const { getAll } = IDBObjectStore.prototype
      IDBObjectStore.prototype.getAll = function (...args) {
        headwater.consent('denied')
        return getAll.apply(this, args)
      }
      headwater.track('a')
      return headwater.flush()
    })
    expect(names(site)).toEqual(['page_view'])
  })

  test('while a batch is sent in halves stops the second half', async ({ visitor: { page }, site }) => {
    await visit(page, at(site))
    await flush(page)
    site.events.length = 0
    const release = hold(site, 200, ({ length }) => length === 1)
    await page.evaluate(() => {
      for (const name of ['a', 'b']) headwater.track(name)
      void headwater.flush()
    })
    await expect.poll(() => names(site)).toEqual(['a', 'b', 'a']) // both, then the first half
    await refuse(page)
    await answered(page, site, release)
    expect(names(site)).toEqual(['a', 'b', 'a'])
  })

  for (const status of [200, 413, 503, undefined]) {
    test(`leaves nothing on the device when the collector then answers ${status ?? 'nothing'}`, async ({
      visitor,
      site,
    }) => {
      const { context, page } = visitor
      await visit(page, at(site))
      await flush(page)
      const release = hold(site, status)
      await page.evaluate(() => {
        headwater.track('a')
        void headwater.flush()
      })
      await expect.poll(() => names(site)).toEqual(['page_view', 'a'])
      await refuse(page)
      await answered(page, site, release)
      const { cookies, localStorage, databases } = await lookAt(context, at(site, '/bare'))
      expect({ cookies, localStorage, records: Object.values(databases).flat() }).toEqual({
        ...{ cookies: {}, localStorage: {}, records: [] },
      })
    })
  }

  test('soon after the page opens leaves nothing on the device', async ({ newVisitor, site }) => {
    for (const ms of moments) {
      const { context, page } = await newVisitor()
      const refuseAfter = `<script>onload = () => setTimeout(() => headwater.consent('denied'), ${ms})</script>`
      site.pages['*'] = { head: refuseAfter }
      await visit(page, at(site))
      await letPass(page, 100)
      const { cookies, localStorage, databases } = await lookAt(context, at(site, '/bare'))
      expect({ ms, cookies, localStorage, records: Object.values(databases).flat() }).toEqual({
        ...{ ms, cookies: {}, localStorage: {}, records: [] },
      })
      await context.close()
    }
  })

  test('in one tab loses no event of the other, which continues as a new visitor', async ({
    visitor,
    site,
  }) => {
    const first = await visit(visitor.page, at(site))
    await flush(first)
    const second = await visit(await visitor.context.newPage(), at(site))
    await refuse(second)
    await vi.waitUntil(async () => !(await first.evaluate(() => document.cookie)))
    await first.evaluate(() => headwater.track('a'))
    await flush(first)
    const [before, after] = [site.events[0], site.events.at(-1)]
    expect(after?.name).toBe('a')
    expect(after?.anonymous_id).not.toBe(before?.anonymous_id)
  })
})

describe('forget', () => {
  test('in one tab gives the other a new visitor', async ({ visitor, site }) => {
    const first = await visit(visitor.page, at(site))
    await flush(first)
    const second = await visit(await visitor.context.newPage(), at(site))
    await second.evaluate(() => headwater.forget())
    await first.evaluate(() => headwater.track('a'))
    await flush(first)
    await second.evaluate(() => headwater.track('b'))
    await flush(second)
    const idOf = (name: string) => site.events.find((event) => event.name === name)?.anonymous_id
    expect(idOf('a')).not.toBe(site.events[0]?.anonymous_id)
    expect(idOf('b')).toBe(idOf('a'))
  })

  test('soon after the page opens leaves nothing on the device, and sends nothing', async ({
    newVisitor,
    site,
  }) => {
    for (const ms of moments.filter((it) => it <= 5)) {
      const { context, page } = await newVisitor()
      site.pages['*'] = {
        tag: { 'data-flush-interval-ms': '60000' },
        head: `<script>onload = () => setTimeout(() => headwater.forget(), ${ms})</script>`,
      }
      await visit(page, at(site))
      await letPass(page, 100)
      const { cookies, databases } = await lookAt(context, at(site, '/bare'))
      const records = Object.values(databases).flat()
      expect({ ms, cookies, records, sent: names(site) }).toEqual({ ms, cookies: {}, records: [], sent: [] })
      await context.close()
    }
  })
})
