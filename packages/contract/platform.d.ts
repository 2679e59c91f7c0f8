/**
 * The few globals that pure code may use. They exist in browsers, in Node and in React Native, so `contract`,
 * `attribution` and the SDK's core compile against only this file, without DOM and Node types.
 */
declare class URLSearchParams {
  constructor(init?: string)
  get(name: string): string | null
  has(name: string): boolean
  delete(name: string): void
  sort(): void
  forEach(visit: (value: string, name: string) => void): void
  toString(): string
}

declare class URL {
  constructor(url: string, base?: string)
  href: string
  readonly protocol: string
  readonly host: string
  readonly hostname: string
  readonly origin: string
  readonly pathname: string
  readonly searchParams: URLSearchParams
  search: string
  hash: string
  username: string
  password: string
}

declare class AbortController {
  readonly signal: AbortSignal
  abort(): void
}
declare interface AbortSignal {
  readonly aborted: boolean
}

declare function setTimeout(run: () => void, ms: number): number
declare function clearTimeout(timer: number | undefined): void
