/** Whether deliveries survive bad events, bad networks, bad storage and bad clocks. */
import type { Tab } from '@headwater/testkit/engines/engine'
import { engineName, inChromium } from '@headwater/testkit/engines/launch'
import { describe, expect } from 'vitest'
import { allOnce, listen, type Site, testDelivery } from './delivery-site.ts'
import { type BatchRequest, captivePortal, firewall, firstly, say, when } from './faulty-proxy.ts'
import { closeTab, flush } from './tab.ts'

const test = testDelivery()

describe.concurrent('despite bad events and networks,', { timeout: 120_000 }, () => {
  const isPoisoned = ({ events }: BatchRequest) => events.some(({ name }) => name === 'poison')
  const problem = { 'content-type': 'application/problem+json' }
  const invalid = JSON.stringify({ status: 400, code: 'invalid_batch', detail: 'One is bad.' })

  test.for([
    ['a collector', say(400, problem, invalid)],
    ['a firewall', firewall],
    ['a limit of size', say(413)],
  ] as const)(
    'one event that %s refuses is found among 50, dropped and counted, and the others arrive',
    async ([, refusal], { site }) => {
      const page = await site.openDelivered()
      site.proxy.answer(when(isPoisoned, refusal))
      await site.record(page, 24)
      await page.evaluate(() => headwater.track('poison', {}))
      await site.record(page, 25)
      expect(await site.outcome()).toMatchObject(allOnce)
      await expect.poll(async () => (await listen(page)).dropped).toEqual([{ reason: 'refused', count: 1 }])
    },
  )

  test('a batch that is too large arrives in parts', async ({ site }) => {
    const page = await site.openDelivered()
    site.proxy.answer(when(({ events }) => events.length > 10, say(413)))
    await site.record(page, 50)
    expect(await site.outcome()).toMatchObject(allOnce)
    expect((await listen(page)).dropped).toEqual([])
  })

  test('a captive portal that answers 200 loses no event', async ({ site }) => {
    const page = await site.openDelivered()
    site.proxy.answer(firstly(3, captivePortal))
    await site.record(page, 50)
    expect(await site.outcome()).toMatchObject(allOnce)
    expect((await listen(page)).dropped).toEqual([])
  })
})

describe.concurrent('despite bad storage,', { timeout: 120_000 }, () => {
  const faults: Record<string, (site: Site) => unknown> = {
    'throws when it is opened': ({ proxy }) => proxy.runFirst(throwOnOpen),
    'refuses to open': ({ proxy }) => proxy.runFirst(failToOpen),
    'never answers': ({ proxy }) => proxy.runFirst(neverOpen),
    'fails at every transaction': ({ proxy }) => proxy.runFirst(failTransactions),
    'is blocked like all others': ({ proxy }) => proxy.runFirst(blockStorage),
    'is full': async (site) => {
      const page = inChromium(site.context.pages()[0]!) // every context has one from the start
      const session = await page.context().newCDPSession(page)
      await session.send('Storage.overrideQuotaForOrigin', { origin: site.proxy.pages.origin, quotaSize: 1 })
    },
  }

  test.for(Object.keys(faults))(
    'storage that %s loses nothing while the page is open, and is reported once',
    async (fault, { site, skip }) => {
      skip(fault === 'is full' && engineName !== 'chromium', 'only Chromium has a command that sets a quota')
      await faults[fault]!(site)
      const page = await site.open()
      await site.record(page, 20)
      expect(await site.outcome()).toMatchObject(allOnce)
      expect((await listen(page)).errors).toEqual(['storage_failed'])
      await site.record(page, 5)
      await closeTab(page)
      const outcome = await site.outcome()
      expect(outcome).toMatchObject({ lost: 0, storedTwice: 0 })
      expect(site.pageErrors).toEqual([])
    },
  )

  test('a private window delivers like any other, without an error', async ({ site }) => {
    const page = await site.open() // each context of the browser is one
    await site.record(page, 20)
    expect(await site.outcome()).toMatchObject(allOnce)
    expect(await listen(page)).toEqual({ errors: [], dropped: [] })
  })

  test('events after a visitor has cleared the storage of an open page are delivered', async ({
    site,
    skip,
  }) => {
    skip(engineName !== 'chromium', 'only Chromium has a command that clears the storage of a site')
    const page = await site.openDelivered()
    const session = await inChromium(page).context().newCDPSession(inChromium(page))
    await session.send('Storage.clearDataForOrigin', { origin: site.proxy.pages.origin, storageTypes: 'all' })
    await site.record(page, 20)
    await flush(page)
    await site.record(page, 20)
    expect(await site.outcome()).toMatchObject(allOnce)
    expect(site.pageErrors).toEqual([])
  })
})

describe.concurrent('despite bad clocks,', { timeout: 120_000 }, () => {
  const hour = 3_600_000

  test.for([3, -3])(
    'a clock that is wrong by %i h changes neither order nor stored times',
    async (hours, { site }) => {
      site.proxy.runFirst(shiftClock, hours * hour)
      const page = await site.open()
      // Events recorded while a request is in flight may be corrected by less than the events of that request.
      await expectTrueTimes(site, page, () => flush(page))
    },
  )

  test('a clock that is set back during the session changes neither order nor stored times', async ({
    site,
  }) => {
    site.proxy.runFirst(shiftClock, 0)
    const page = await site.open()
    await expectTrueTimes(site, page, () => page.evaluate((ms) => setClockBack(ms), 3 * hour))
  })

  /** Records twice five events, with `between` in the middle. */
  async function expectTrueTimes(site: Site, page: Tab, between: () => Promise<void>): Promise<void> {
    const begunAt = Date.now()
    await site.record(page, 5)
    await between()
    await site.record(page, 5)
    const endedAt = Date.now()
    expect(await site.outcome()).toMatchObject(allOnce)
    const stored = await site.stored()
    expect(stored.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const keys = stored.map(({ key }) => key)
    expect(keys).toEqual([...keys].sort())
    expect(stored[0]!.occurredAt).toBeGreaterThan(begunAt - 2_000)
    expect(stored.at(-1)!.occurredAt).toBeLessThan(endedAt + 2_000)
  }
})

// The functions below run in the page, before the SDK does.

declare let setClockBack: (ms: number) => void

function throwOnOpen(): void {
  indexedDB.open = () => {
    throw new DOMException('The user denied permission to access the database.', 'SecurityError')
  }
}

/** As when the visitor has blocked all cookies. */
function blockStorage(): void {
  for (const name of ['indexedDB', 'localStorage', 'sessionStorage', 'caches']) {
    const get = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    }
    Object.defineProperty(window, name, { get, configurable: true })
  }
}

function failToOpen(): void {
  indexedDB.open = () => {
    const error = new DOMException('Internal error opening backing store.', 'UnknownError')
    const request = Object.assign(new EventTarget(), { error }) as unknown as IDBOpenDBRequest
    setTimeout(() => {
      const event = new Event('error')
      request.dispatchEvent(event)
      request.onerror?.(event)
    })
    return request
  }
}

function neverOpen(): void {
  indexedDB.open = () => new EventTarget() as IDBOpenDBRequest // one whose events never come
}

function failTransactions(): void {
  IDBDatabase.prototype.transaction = () => {
    throw new DOMException('The database connection is closing.', 'InvalidStateError')
  }
}

/** The clock of the device is this far ahead; `setClockBack` moves it during the session. */
function shiftClock(ahead: number): void {
  const RealDate = Date
  let shift = ahead
  globalThis.Date = class extends RealDate {
    constructor(...args: [number]) {
      if (args.length > 0) super(...args)
      else super(RealDate.now() + shift)
    }
    static override now = () => RealDate.now() + shift
  } as DateConstructor
  Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + shift })
  setClockBack = (ms) => {
    shift -= ms
  }
}
