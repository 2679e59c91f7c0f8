/** Fake ports for tests of the SDK: a clock that is moved by hand, a network with prepared answers, a page with a lifecycle. */
import type { Batch, EventResult, Receipt, WireEvent } from '@headwater/contract'
import type {
  Answer,
  Body,
  Clock,
  Ids,
  Lifecycle,
  Place,
  Ports,
  Storage,
  SyncStorage,
  Transport,
  Watcher,
} from '../../../sdk/src/core/ports.ts'
import { createMemoryStorage } from '../../../sdk/src/core/queue/memory-storage.ts'
import { createSyncStorage } from '../../../sdk/src/core/queue/sync-storage.ts'

/** 2026-11-20T12:00:00Z, the start of fake clocks. */
export const noon = Date.UTC(2026, 10, 20, 12)

/** Lets everything run that needs no time: promises, and what they start. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

export interface FakeClock extends Clock {
  /** Moves time, running each timer at its moment, and lets everything settle in between. */
  advance(ms: number): Promise<void>
  /** How many timers wait. */
  timers(): number
}

export function createFakeClock(): FakeClock {
  let now = noon
  let waiting: { at: number; task: () => void }[] = []

  async function advance(ms: number): Promise<void> {
    const end = now + ms
    for (;;) {
      await settled()
      const next = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      waiting = waiting.filter((timer) => timer !== next)
      now = Math.max(now, next.at)
      next.task()
    }
    now = end
  }

  return {
    openedAt: Infinity, // no other client has opened a session on this page
    now: () => Math.round(now),
    after(ms, task) {
      const timer = { at: now + ms, task }
      waiting.push(timer)
      return () => {
        waiting = waiting.filter((each) => each !== timer)
      }
    },
    advance,
    timers: () => waiting.length,
  }
}

/** The answer to a batch of so many events that were all accepted, except for `results`. */
export function receipt(events: number, results: EventResult[] = []): Answer {
  const count = (verdict: string) => results.filter(({ status }) => status === verdict).length
  const [duplicate, rejected] = [count('duplicate'), count('rejected')]
  const body: Receipt = {
    request_id: 'r1',
    received_at: new Date(noon).toISOString(),
    accepted: events - duplicate - rejected,
    duplicate,
    rejected,
    results,
  }
  return { status: 200, body }
}

/** An answer with this status and a problem document. */
export function problem(status: number, code = 'some_code', detail = 'What to do.'): Answer {
  return { status, body: { status, code, detail, title: 'A title', type: 'about:blank', request_id: 'r1' } }
}

export interface FakeRequest {
  url: string
  batch: Omit<Batch, 'events'> & { events: WireEvent[] }
  isLeaving: boolean
}

type Reply = Answer | Promise<Answer> | ((request: FakeRequest) => Answer | Promise<Answer>)

export interface FakeTransport extends Transport {
  requests: FakeRequest[]
  /** Names of the events of each request, for short assertions. */
  sent(): (string | undefined)[][]
  /** Answers to the next requests, a receipt for all events afterwards. */
  replyWith(...replies: Reply[]): void
  /** The answer to all requests from now on. */
  alwaysReplyWith(reply: Reply): void
  room: number
}

export function createFakeTransport(): FakeTransport {
  const replies: Reply[] = []
  let lasting: Reply = ({ batch }) => receipt(batch.events.length)

  async function take(request: FakeRequest): Promise<Answer> {
    transport.requests.push(request)
    const reply = replies.shift() ?? lasting
    return typeof reply === 'function' ? reply(request) : reply
  }

  const read = (body: Body) => JSON.parse(`${body}`)

  const transport: FakeTransport = {
    requests: [],
    room: 60_000,
    sent: () => transport.requests.map(({ batch }) => batch.events.map(({ name }) => name)),
    replyWith: (...more) => void replies.push(...more),
    alwaysReplyWith(reply) {
      lasting = reply
    },
    pack: async (text) => text,
    send: (url, body) => take({ url, batch: read(body), isLeaving: false }),
    sendLeaving: (url, body) => take({ url, batch: read(body), isLeaving: true }),
    leavingBytes: () => transport.room,
  }
  return transport
}

export interface FakeLifecycle extends Lifecycle {
  /** What `place` returns. */
  here: Place
  /** The cookies of ad platforms. */
  ads: Record<string, string>
  leave(): void
  resume(): void
  arrive(titled?: Promise<void>): void
  /** Ends prerendering. */
  show(): void
  isWatched(): boolean
}

export function createFakeLifecycle({ isPrerendering = false } = {}): FakeLifecycle {
  const watchers = new Set<Watcher>()
  let isShown = false
  let endWait: () => void
  const shown = new Promise<void>((resolve) => {
    endWait = resolve
  })
  const each = (call: (watcher: Watcher) => void) => {
    if (isShown) for (const watcher of watchers) call(watcher)
  }

  const lifecycle: FakeLifecycle = {
    here: { url: 'https://shop.example/', title: 'Shop' },
    ads: {},
    adCookies: () => lifecycle.ads,
    shown,
    place: () => lifecycle.here,
    watch(watcher) {
      watchers.add(watcher)
      if (isShown) greet(watcher)
      return () => watchers.delete(watcher)
    },
    leave: () => each(({ leave }) => leave()),
    resume: () => each(({ resume }) => resume()),
    arrive: (titled) => each(({ arrive }) => arrive?.(titled)),
    show() {
      isShown = true
      endWait()
      each(greet)
    },
    isWatched: () => watchers.size > 0,
  }
  if (!isPrerendering) lifecycle.show()
  return lifecycle
}

function greet({ arrive, resume }: Watcher): void {
  arrive?.()
  resume()
}

export interface FakeIds extends Ids {
  /** What `random` returns. */
  chance: number
  /** False: a page without a secure context. */
  canHash: boolean
}

/** Ids that count: the first uuid ends with 1. `series` separates the ids of several clients. */
export function createFakeIds(series = 0): FakeIds {
  let count = 0
  const ids: FakeIds = {
    chance: 0.5,
    canHash: true,
    uuid: () => `01990000-0000-7000-8000-${`${series * 1_000_000 + ++count}`.padStart(12, '0')}`,
    sha256: async (text) => (ids.canHash ? `sha256(${text})` : undefined),
    random: () => ids.chance,
  }
  return ids
}

export interface FakeStorage extends Storage {
  /** From now on nothing can be read or written: everything except `alone` rejects with this. */
  failWith(error: Error): void
  /** From now on no promise settles, except that of `alone`. */
  hang(): void
}

export function createFakeStorage(store: Storage = createMemoryStorage(Infinity)): FakeStorage {
  let failure: Error | undefined
  let isHanging = false
  let held = Promise.resolve()

  async function attempt<T>(action: () => Promise<T>): Promise<T> {
    if (failure) throw failure
    if (isHanging) await new Promise(() => {})
    return action()
  }

  return {
    append: (settle) => attempt(() => store.append(settle)),
    peek: (limit) => attempt(() => store.peek(limit)),
    remove: (events) => attempt(() => store.remove(events)),
    count: () => attempt(() => store.count()),
    dump: () => attempt(() => store.dump()),
    clear: () => attempt(() => store.clear()),
    alone(task) {
      const run = held.then(() => store.alone(task)) // one at a time, also among tabs
      held = run.catch(() => {}) // its caller handles the failure
      return run
    },
    failWith(error) {
      failure = error
    },
    hang() {
      isHanging = true
    },
  }
}

export interface FakePorts extends Ports {
  storage: FakeStorage
  syncStorage: SyncStorage
  transport: FakeTransport
  lifecycle: FakeLifecycle
  clock: FakeClock
  ids: FakeIds
}

/** All six ports, unless you pass your own: a second client on the same storage and sync storage is a second tab. */
export function createFakePorts(own: Partial<FakePorts> = {}): FakePorts {
  return {
    storage: createFakeStorage(),
    syncStorage: createSyncStorage(),
    transport: createFakeTransport(),
    lifecycle: createFakeLifecycle(),
    clock: createFakeClock(),
    ids: createFakeIds(),
    ...own,
  }
}
