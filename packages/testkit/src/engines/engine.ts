/** What tests need of a browser engine. Playwright's contexts and pages have this shape; the other engines imitate it. */

export type EngineName = 'chromium' | 'firefox' | 'webkit'

export interface Engine {
  name: EngineName
  /** One visitor's browser, without stored data; its data ends with it. */
  newContext(): Promise<Context>
  close(): Promise<void>
}

export interface EngineOptions {
  /** Names that lead to 127.0.0.1, as in `*.shop.test`. */
  hosts?: string[]
  /** Chromium keeps pages in its back/forward cache too, which Playwright turns off. */
  keepsPages?: boolean
}

export interface Cookie {
  name: string
  value: string
  domain: string
  path: string
  sameSite: string
}

export interface Context {
  newPage(): Promise<Tab>
  /** Open tabs, in the order they were opened. */
  pages(): Tab[]
  /** All of them; WebKit lists those of the pages that are open. */
  cookies(): Promise<Cookie[]>
  /** Deletes all of them; in WebKit, those of the pages that are open. */
  clearCookies(): Promise<void>
  /** What pages throw and do not catch. */
  on(event: 'weberror', listener: (thrown: { error(): Error }) => void): unknown
  close(): Promise<void>
}

export interface Tab {
  context(): Context
  /** Resolves when the page has loaded, or as soon as it replaces the one before. */
  goto(address: string, options?: { waitUntil?: 'load' | 'commit' }): Promise<unknown>
  goBack(): Promise<unknown>
  reload(): Promise<unknown>
  /** Runs a function in the page, with an argument that JSON can hold, and resolves with what it returns. */
  evaluate<Result, Argument>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>
  evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result>
  /** Resolves when the function returns something true; a page that is being replaced is asked again. */
  waitForFunction<Argument>(run: (argument: Argument) => unknown, argument: Argument): Promise<unknown>
  waitForFunction(run: () => unknown): Promise<unknown>
  /** Resolves when a page at this address has loaded; `**` is any text, `*` any without a slash. */
  waitForURL(address: string): Promise<unknown>
  /** Clicks the middle of the first element that matches, as a mouse does. */
  click(selector: string, options?: { noWaitAfter?: boolean }): Promise<unknown>
  title(): Promise<string>
  bringToFront(): Promise<unknown>
  /** With `runBeforeUnload` as a person closes it; then it may still be open when this resolves. */
  close(options?: { runBeforeUnload?: boolean }): Promise<unknown>
  isClosed(): boolean
  waitForEvent(event: 'close'): Promise<unknown>
  on(event: 'console', listener: (message: { text(): string }) => void): unknown
  on(event: 'pageerror', listener: (error: Error) => void): unknown
}
