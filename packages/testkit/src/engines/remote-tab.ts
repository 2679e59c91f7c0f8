/** Makes a tab of an engine's few commands, by asking the page until what a test waits for is there. */
import { setTimeout as elapse } from 'node:timers/promises'
import type { Context, Tab } from './engine.ts'

/** What an engine can do with one of its tabs. */
export interface TabCommands {
  context(): Context
  /** Begins to open an address; resolves early. */
  navigate(address: string): Promise<unknown>
  /** The address of the page, also of one whose scripts have broken what evaluating needs. */
  address(): Promise<string>
  /** Begins to go back one page. */
  back(): Promise<unknown>
  /** Begins to load the page again. */
  reload(): Promise<unknown>
  /** Evaluates an expression in the page; resolves with its value, or with that of the promise it returns. */
  evaluate(expression: string): Promise<unknown>
  /** The same for an expression without effects. May reject while the page is being replaced, and is then asked again. */
  look(expression: string): Promise<unknown>
  click(selector: string): Promise<unknown>
  activate(): Promise<unknown>
  /** Resolves when the tab has closed. */
  close(options: { runBeforeUnload: boolean }): Promise<unknown>
}

/** A tab for tests, and what its engine reports of it. */
export interface RemoteTab extends Tab {
  reportClosed(): void
  reportConsole(text: string): void
  reportError(error: Error): void
}

const patienceMs = 30_000 // Playwright's
const intervalMs = 20

export function createRemoteTab(commands: TabCommands): RemoteTab {
  const consoleListeners: ((message: { text(): string }) => void)[] = []
  const errorListeners: ((error: Error) => void)[] = []
  let isClosed = false
  let reportClosed = () => {}
  const closed = new Promise<void>((resolve) => {
    reportClosed = () => {
      isClosed = true
      resolve()
    }
  })

  async function until(condition: () => Promise<unknown>, what: string): Promise<void> {
    const endsAt = Date.now() + patienceMs
    for (;;) {
      // A page that is being replaced does not answer; the next one does.
      if (await condition().catch(() => false)) return
      if (isClosed) throw new Error(`${what}: the tab has closed.`)
      if (Date.now() > endsAt) throw new Error(`${what}: not within ${patienceMs} ms.`)
      await elapse(intervalMs)
    }
  }
  /** The document by its address and the time it began; two loads of one page differ. */
  const document = () => commands.look('[document.URL, self.performance?.timeOrigin].join()')
  const isLoaded = () => commands.look(`document.readyState === 'complete'`)

  async function replace(begin: () => Promise<unknown>, what: string, isEnough = isLoaded) {
    const before = await document().catch(() => undefined)
    await begin()
    await until(async () => (await document()) !== before && (await isEnough()), what)
  }

  const tab: RemoteTab = {
    context: commands.context,
    async goto(address, { waitUntil } = {}) {
      const isCommit = waitUntil === 'commit'
      const before = await commands.address()
      if (before === address)
        return replace(
          () => commands.navigate(address),
          `goto ${address}`,
          isCommit ? async () => true : isLoaded,
        )
      await commands.navigate(address)
      const isThere = async () => (await commands.look('document.URL')) !== before
      // The tab's address changes before its page does. The old page could evaluate; one that cannot is the new one.
      const hasBegun = () => isThere().catch(async () => (await commands.address()) !== before)
      const isEnough = isCommit ? hasBegun : async () => (await isThere()) && isLoaded()
      await until(isEnough, `goto ${address}`)
    },
    goBack: () => replace(commands.back, 'goBack'),
    reload: () => replace(commands.reload, 'reload'),
    evaluate: ((run, argument) => commands.evaluate(callOf(run, argument))) as Tab['evaluate'], // JSON has no types
    waitForFunction: (run: (argument: never) => unknown, argument?: unknown) =>
      until(() => commands.look(`!!(${callOf(run, argument)})`), `waitForFunction ${run}`),
    async waitForURL(address) {
      const isMeant = patternOf(address)
      await until(
        async () => isMeant.test(`${await commands.look('document.URL')}`) && (await isLoaded()),
        `waitForURL ${address}`,
      )
    },
    click: commands.click,
    title: async () => `${await commands.look('document.title')}`,
    bringToFront: commands.activate,
    close: ({ runBeforeUnload = false } = {}) => commands.close({ runBeforeUnload }),
    isClosed: () => isClosed,
    waitForEvent: () => closed,
    on(event: string, listener: never) {
      if (event === 'console') consoleListeners.push(listener)
      else errorListeners.push(listener)
    },
    reportClosed: () => reportClosed(),
    reportConsole: (text) => consoleListeners.forEach((listen) => void listen({ text: () => text })),
    reportError: (error) => errorListeners.forEach((listen) => void listen(error)),
  }
  return tab
}

function callOf(run: (argument: never) => unknown, argument: unknown): string {
  return `(${run})(${argument === undefined ? '' : JSON.stringify(argument)})`
}

/** As Playwright reads it: `**` is any text, `*` any text without a slash. */
function patternOf(address: string): RegExp {
  const escaped = address.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replace(/[*]+/g, (stars) => (stars === '*' ? '[^/]*' : '.*'))}$`)
}
