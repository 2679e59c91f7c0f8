/** Whether the browser of the tests does what our tests need. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, launchPersistent } from './chromium.ts'
import { temporaryFolder } from './databases.ts'

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><title>Shop</title><h1>Hello</h1>')
})
let url = ''

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/` // listens on TCP, so it has a port
})
afterAll(() => {
  server.close()
})

/** Adds one to a number in IndexedDB and returns what it was before. */
const countVisit = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('visits', 1)
        opening.onerror = () => reject(opening.error)
        opening.onupgradeneeded = () => opening.result.createObjectStore('counts')
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('counts', 'readwrite', { durability: 'strict' })
          const counts = transaction.objectStore('counts')
          const before = counts.get('visits')
          before.onsuccess = () => counts.put((before.result ?? 0) + 1, 'visits')
          transaction.oncomplete = () => resolve(before.result ?? 0)
        }
      }),
  )

test('a page on the loopback address opens as a secure context, and a screenshot can be taken', async () => {
  const browser = await launchChromium()
  const page = await browser.newPage()
  await page.goto(url)
  const offered = await page.evaluate(async () => ({
    title: document.title,
    lock: await navigator.locks.request('one', () => 'granted'),
    sha256: (await crypto.subtle.digest('SHA-256', new Uint8Array())).byteLength,
  }))
  const picture = await page.screenshot()
  await browser.close()
  expect(offered).toEqual({ title: 'Shop', lock: 'granted', sha256: 32 })
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
})

test('two contexts of one browser do not see each other’s IndexedDB', async () => {
  const browser = await launchChromium()
  const counts: number[] = []
  for (const context of [await browser.newContext(), await browser.newContext()]) {
    const page = await context.newPage()
    await page.goto(url)
    counts.push(await countVisit(page))
  }
  await browser.close()
  expect(counts).toEqual([0, 0])
})

test('IndexedDB outlives a browser that was started with its own folder', async () => {
  const folder = await temporaryFolder()
  const counts: number[] = []
  for (const _start of [1, 2]) {
    const context = await launchPersistent(folder)
    const page = await context.newPage()
    await page.goto(url)
    counts.push(await countVisit(page))
    await context.close()
  }
  expect(counts).toEqual([0, 1])
})
