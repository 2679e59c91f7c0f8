/** The six things that the core needs from a platform; everything else it does itself. */
import type { Settled, State, StoredEvent } from './records.ts'

/** Undoes a subscription or cancels a timer; harmless when called twice. */
export type Undo = () => void

/**
 * The storage of the device, shared by all pages that send to one collector for one website. Reading and writing may
 * reject, or throw.
 */
export interface Storage {
  /**
   * One transaction: passes the stored state to `settle`, then writes the state and the events that it returns, one
   * record each. When they do not fit, the oldest events are dropped; `lost` counts them.
   */
  append(settle: (stored: State | undefined) => Settled): Promise<Settled & { lost: number }>
  /** The oldest events, at most `limit`. */
  peek(limit: number): Promise<StoredEvent[]>
  /** Deletes these events; unknown ones are no error. */
  remove(events: StoredEvent[]): Promise<void>
  /** How many events wait. */
  count(): Promise<number>
  /** Everything that is stored, unchanged. */
  dump(): Promise<unknown[]>
  /** Deletes everything. */
  clear(): Promise<void>
  /**
   * Runs `task` once, while no other page on this storage runs one. Where that is impossible it just runs the task.
   * Fails only as `task` does.
   */
  alone(task: () => Promise<void>): Promise<void>
}

/**
 * A few short texts by name that can be read and written synchronously, also by a page that is leaving: the visitor's
 * id, when the collector may be asked again, what a page could not store in time. Shared as the storage is. Never throws.
 */
export interface SyncStorage {
  read(name: string): string | undefined
  /** Without a text it deletes the name. */
  write(name: string, text?: string): void
  names(): string[]
}

/** The answer to a request. Status 0: there was none. */
export interface Answer {
  status: number
  /** The JSON of the answer; undefined when there was none. */
  body?: unknown
  /** The `Retry-After` header, as it came. */
  retryAfter?: string | null
}

/** A request body: text, or that text compressed by gzip. */
export type Body = string | Uint8Array<ArrayBuffer>

/** Status 431: the headers of the request were too large. The transport's next request has smaller ones if it can. */
export const headersTooLarge = 431

/** Sends a body by POST. No method rejects: no answer is status 0. */
export interface Transport {
  /** Compresses a body where the platform can; otherwise returns the text itself. */
  pack(text: string): Promise<Body>
  send(url: string, body: Body): Promise<Answer>
  /** Starts before it returns, and arrives even when the page is gone. */
  sendLeaving(url: string, body: Body): Promise<Answer>
  /** How many UTF-8 bytes `sendLeaving` can take now. */
  leavingBytes(): number
}

/** Where the visitor is. */
export interface Place {
  url?: string
  title?: string
  /** Where the visitor came from when this page or app was opened. */
  referrer?: string
  /** The address that opened this page, before a router changed it. */
  landing?: string
}

/** What a page or an app reports to its client. */
export interface Watcher {
  /**
   * The visitor has come to a page or a screen; called for the first one too. `titled` resolves when `place` has the
   * title, and is absent when it already has. Absent: page views are not wanted.
   */
  arrive?: (titled?: Promise<void>) => void
  /** This may be the last code that runs. */
  leave: () => void
  /** The visitor is here, back, or online again. */
  resume: () => void
}

/** The page or the app: where the visitor is, and when they come and go. */
export interface Lifecycle {
  /** Resolves once the visitor sees the page; a prerendered page waits for that. */
  shown: Promise<void>
  place(): Place
  /** What ad platforms keep in cookies of this site. */
  adCookies(): Record<string, string>
  /** Calls nothing before the page is shown, then `arrive` and `resume` at once. */
  watch(watcher: Watcher): Undo
}

/** Time, in ms. */
export interface Clock {
  /** When this page or app was opened, epoch ms. */
  openedAt: number
  /** Epoch ms; never goes back within one client. */
  now(): number
  after(ms: number, task: () => void): Undo
}

/** What has to be unique or unpredictable. */
export interface Ids {
  /** A UUID v7; later ones of one client sort after earlier ones. */
  uuid(): string
  /** Lower-case hex; undefined where the platform cannot hash, as on a page without a secure context. */
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
