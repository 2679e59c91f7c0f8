/** What the SDK uses of React Native in addition to packages/contract/platform.d.ts: no DOM, no Node. */

interface FetchAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  json(): Promise<unknown>
}

interface FetchInit {
  method: string
  headers: Record<string, string>
  body: string | Uint8Array
  credentials: 'omit'
  signal: AbortSignal
}

declare function fetch(url: string, init: FetchInit): Promise<FetchAnswer>

declare const performance: { now(): number }

/** Absent without a polyfill. */
declare var crypto: { getRandomValues?(bytes: Uint8Array): Uint8Array } | undefined
