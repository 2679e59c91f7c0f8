/** The five things the core asks of a platform; everything else it does by itself. */
import type { WireContext, WireEvent } from '@headwater/contract'
import type { Settled, State } from './state.ts'

/** Undoes a subscription or cancels a timer; harmless when called twice. */
export type Undo = () => void

/** The device's store, shared by all pages that send to one collector for one website. What reads or writes may reject, or throw. */
export interface Storage {
  /** One transaction: hands the stored state to `settle`, then writes the state and the events it answers, a record each. */
  append(settle: (stored: State | undefined) => Settled): Promise<Settled>
  /** The oldest events, at most `limit`. */
  peek(limit: number): Promise<WireEvent[]>
  /** Forgets the events with these idempotency keys; unknown keys are no error. */
  remove(keys: string[]): Promise<void>
  /** How many events wait. */
  count(): Promise<number>
  /** Runs `task`, once, while no other page on this store does. Where that cannot be had it just runs it: fails only as `task` does. */
  exclusively(task: () => Promise<void>): Promise<void>
}

/** What came back for a request. Status 0: no answer at all. */
export interface Answer {
  status: number
  /** The JSON of the answer; undefined when there was none. */
  body?: unknown
  /** The `Retry-After` header, as it came. */
  retryAfter?: string | null
}

/** Sends a body by POST. Neither method rejects: no answer is status 0. */
export interface Transport {
  send(url: string, body: string): Promise<Answer>
  /** Starts before it returns, and arrives even when the page is gone. */
  sendLeaving(url: string, body: string): Promise<Answer>
  /** UTF-8 bytes that `sendLeaving` can take now. */
  leavingBytes(): number
}

/** Where the visitor is. */
export interface Place {
  url?: string
  title?: string
  /** Where the visitor came from when this page or app was opened. */
  referrer?: string
}

/** What a client wants to hear of its page or app. */
export interface Watcher {
  /**
   * The visitor comes to a page or a screen, the present one included; `titled` resolves when `place` has its title,
   * and is absent when it has it already. Absent: nobody asks.
   */
  arrive?: (titled?: Promise<void>) => void
  /** This may be the last code that runs. */
  leave: () => void
  /** The visitor is here, or here again, or online again. */
  resume: () => void
}

/** The page or the app: where the visitor is, and how they come and go. */
export interface Lifecycle {
  /** Resolves once the visitor sees the page; a prerendered page waits for that. */
  shown: Promise<void>
  place(): Place
  context(): WireContext
  /** Calls nothing before the page is shown, then `arrive` and `resume` at once. */
  watch(watcher: Watcher): Undo
}

/** Time, in ms. */
export interface Clock {
  /** Epoch ms; never goes back within one client. */
  now(): number
  after(ms: number, task: () => void): Undo
}

/** What has to be unique or unpredictable. */
export interface Ids {
  /** A UUID v7; later ones of one client sort after earlier ones. */
  uuid(): string
  /** Lower-case hex; undefined where the platform cannot hash, as in a page without a secure context. */
  sha256(text: string): Promise<string | undefined>
  /** From 0 to below 1. */
  random(): number
}

export interface Ports {
  storage: Storage
  transport: Transport
  lifecycle: Lifecycle
  clock: Clock
  ids: Ids
}
