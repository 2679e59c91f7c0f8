/**
 * States invariants on random schedules of pages that share a device: pages open, call, are hidden, return or close, with
 * a storage that is slow and a network that fails, answers late, or loses answers.
 */

import type { WireEvent } from '@headwater/contract'
import { deadEnd, type FakePage, openPage } from '@headwater/testkit/fake-page'
import {
  createFakeClock,
  createFakeLifecycle,
  createFakeStorage,
  receipt,
  settled,
} from '@headwater/testkit/fake-ports'
import { expect, test } from 'vitest'
import type { Storage } from './ports.ts'
import { createSyncStorage } from './queue/sync-storage.ts'

const schedules = 300
const steps = 60
const hasResets = (seed: number) => seed % 2 === 0

interface LivePage {
  page: FakePage
  /** The page is closed without any event. */
  end(): void
}

interface Outcome {
  lost: string[]
  stored: WireEvent[]
  notes: string[]
}

/** The same numbers for the same seed, 0 to 1. */
function createRandom(seed: number): () => number {
  let last = seed
  const next = () => {
    last = (last * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return last / 4_294_967_296
  }
  for (let warm = 0; warm < 5; warm++) next()
  return next
}

async function run(seed: number): Promise<Outcome> {
  const random = createRandom(seed)
  const one = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item // none is empty
  const [store, syncStorage, clock] = [createFakeStorage(), createSyncStorage(), createFakeClock()]
  const stored = new Map<string, WireEvent>() // by key: a collector stores each once
  const tracked: string[] = []
  const pages: LivePage[] = []
  let isOnline = true

  function open(): LivePage {
    let isGone = false
    let release = () => {}
    const gone = new Promise<void>((resolve) => {
      release = resolve
    })
    const slowness = random() < 0.3 ? 50 : 0
    const elapse = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve))
    /** A closed page does not continue its work, whether it has begun or not. */
    const ofPage =
      <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        if (slowness && !isGone) await elapse(slowness * random())
        if (isGone) return deadEnd()
        const result = await work(...args)
        return isGone ? deadEnd() : result
      }
    const storage: Storage = {
      append: ofPage(store.append),
      peek: ofPage(store.peek),
      remove: ofPage(store.remove),
      count: ofPage(store.count),
      dump: ofPage(store.dump),
      clear: ofPage(store.clear),
      alone: (task) => store.alone(() => (isGone ? gone : Promise.race([task(), gone]))),
    }
    const pageClock = {
      ...clock,
      after: (ms: number, task: () => void) => clock.after(ms, () => !isGone && task()),
    }
    const page = openPage(
      {},
      { storage: storage as typeof store, syncStorage, clock: pageClock, lifecycle: createFakeLifecycle() },
    )
    page.transport.alwaysReplyWith(async ({ batch }) => {
      const arrives = isOnline && random() < 0.9
      if (random() < 0.5) await elapse(random() * 3_000)
      if (arrives)
        for (const event of batch.events)
          if (!stored.has(event.idempotency_key)) stored.set(event.idempotency_key, event)
      if (isGone) return deadEnd()
      const isHeard = arrives && random() < 0.95
      return isHeard ? receipt(batch.events.length) : { status: 0 }
    })
    const end = () => {
      isGone = true
      release()
    }
    pages.push({ page, end })
    return { page, end }
  }

  async function step(): Promise<void> {
    const live = one(pages)
    const { client, lifecycle } = live.page
    const dice = random()
    if (dice < 0.1) {
      if (pages.length < 4) open()
    } else if (dice < 0.45) {
      tracked.push(`e${tracked.length}`)
      client.track(`${tracked.at(-1)}`)
    } else if (dice < 0.55) lifecycle.leave()
    else if (dice < 0.63) lifecycle.resume()
    else if (dice < 0.72) {
      lifecycle.leave()
      live.end()
      pages.splice(pages.indexOf(live), 1)
      if (pages.length === 0) open()
    } else if (dice < 0.78) isOnline = !isOnline
    else if (dice < 0.83) void client.flush()
    else if (dice < 0.86) hasResets(seed) && client.reset()
    else if (dice < 0.9) await settled()
    else await clock.advance(one([10, 100, 3_000, 10_000, 40_000]))
  }

  const first = open().page.client
  tracked.push('e0')
  first.track('e0') // from here on the visitor is known
  await clock.advance(10_000)
  for (let taken = 0; taken < steps; taken++) await step()
  isOnline = true
  open() // the visitor returns
  for (let minute = 0; minute < 25; minute++) await clock.advance(60_000)
  for (const { end } of pages) end()
  const names = [...stored.values()].map(({ name }) => name)
  return {
    lost: tracked.filter((name) => !names.includes(name)),
    stored: [...stored.values()],
    notes: syncStorage.names().filter((name) => name.startsWith('left/')),
  }
}

test(`on ${schedules} random schedules no event is lost, none has two keys, and no note is left over`, async () => {
  for (let seed = 1; seed <= schedules; seed++) {
    const { lost, stored, notes } = await run(seed)
    const names = stored.map(({ name }) => name)
    expect({ seed, lost, notes, twice: names.length - new Set(names).size }).toEqual({
      seed,
      lost: [],
      notes: [],
      twice: 0,
    })
    // Within a page each event has its own number; and if no one logs out, there is one visitor.
    expect(new Set(stored.map(({ stream, seq }) => `${stream} ${seq}`)).size).toBe(stored.length)
    if (!hasResets(seed))
      expect([seed, new Set(stored.map(({ anonymous_id }) => anonymous_id)).size]).toEqual([
        seed,
        Math.min(stored.length, 1),
      ])
  }
}, 60_000)
