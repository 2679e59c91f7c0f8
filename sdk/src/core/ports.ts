/** The six things the core asks of a platform; everything else it does by itself. */
import type { Settled, State } from './visitor/state.ts'

/** Undoes a subscription or cancels a timer; harmless when called twice. */
export type Undo = () => void

/** An event as it waits: written once as JSON, and sent as it was written. */
export interface StoredEvent {
  /** Its idempotency key; later ones sort after earlier ones. */
  key: string
  json: string
}

/** The device's store, shared by all pages that send to one collector for one website. What reads or writes may reject, or throw. */
export interface Storage {
  /**
   * One transaction: hands the stored state to `settle`, then writes the state and the events it answers, a record each.
   * Where they do not fit, the oldest events fall out; `lost` is how many.
   */
  append(settle: (stored: State | undefined) => Settled): Promise<Settled & { lost: number }>
  /** The oldest events, at most `limit`. */
  peek(limit: number): Promise<StoredEvent[]>
  /** Forgets these events; unknown ones are no error. */
  remove(events: StoredEvent[]): Promise<void>
  /** How many events wait. */
  count(): Promise<number>
  /** All that is stored, as it is. */
  dump(): Promise<unknown[]>
  /** Forgets everything. */
  clear(): Promise<void>
  /** Runs `task`, once, while no other page on this store does. Where that cannot be had it just runs it: fails only as `task` does. */
  exclusively(task: () => Promise<void>): Promise<void>
}

/**
 * A few short texts by name, which can be read and written at once, also by a page that is going: what the visitor's id
 * is, when to ask the collector again, what a page could not store in time. Shared as the storage is. Never throws.
 */
export interface SyncStorage {
  read(name: string): string | undefined
  /** Forgets it where there is no text. */
  write(name: string, text?: string): void
  names(): string[]
}

/** What came back for a request. Status 0: no answer at all. */
export interface Answer {
  status: number
  /** The JSON of the answer; undefined when there was none. */
  body?: unknown
  /** The `Retry-After` header, as it came. */
  retryAfter?: string | null
}

/** A body as it goes over the wire: text, or that text by gzip. */
export type Body = string | Uint8Array<ArrayBuffer>

/** Sends a body by POST. No method rejects: no answer is status 0. */
export interface Transport {
  /** Makes a body small, where the platform can; the text itself where it cannot. */
  pack(text: string): Promise<Body>
  send(url: string, body: Body): Promise<Answer>
  /** Starts before it returns, and arrives even when the page is gone. */
  sendLeaving(url: string, body: Body): Promise<Answer>
  /** UTF-8 bytes that `sendLeaving` can take now. */
  leavingBytes(): number
}

/** Where the visitor is. */
export interface Place {
  url?: string
  title?: string
  /** Where the visitor came from when this page or app was opened. */
  referrer?: string
  /** The address this page was opened by, before any router changed it. */
  landing?: string
}

/** What a client wants to hear of its page or app. */
export interface Watcher {
  /**
   * The visitor has come to a page or a screen, the present one included; `titled` resolves when `place` has its title,
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
  /** What ad platforms left on this site for themselves, by cookie. */
  adCookies(): Record<string, string>
  /** Calls nothing before the page is shown, then `arrive` and `resume` at once. */
  watch(watcher: Watcher): Undo
}

/** Time, in ms. */
export interface Clock {
  /** Epoch ms, when this page, or the app, was opened. */
  openedAt: number
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
  syncStorage: SyncStorage
  transport: Transport
  lifecycle: Lifecycle
  clock: Clock
  ids: Ids
}
