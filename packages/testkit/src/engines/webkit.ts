/** Starts the WebKitGTK that is installed, and controls it by WebDriver. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as elapse } from 'node:timers/promises'
import { webKitPaths } from '../../../tooling/installed-browsers.mjs'
import type { Context, Cookie, Engine, EngineOptions } from './engine.ts'
import { type HostProxy, startHostProxy } from './host-proxy.ts'
import { createRemoteTab, type RemoteTab } from './remote-tab.ts'
import { connectWebDriver, type WebDriver } from './webdriver.ts'

/** Rejects when WebKitWebDriver, MiniBrowser or Xvfb is not installed. The caller closes it. */
export async function launchWebKit({ hosts }: EngineOptions = {}): Promise<Engine> {
  const paths = webKitPaths()
  if (!paths)
    throw new Error(
      'launchWebKit: found no WebKitWebDriver, MiniBrowser or Xvfb. Install webkit2gtk-driver and xvfb.',
    )
  const display = await startDisplay(paths.display)
  const proxy = hosts && (await startHostProxy())
  return {
    name: 'webkit',
    newContext: () => createContext(paths, { display: display.name, proxy }),
    async close() {
      await proxy?.close()
      await end(display.server)
    },
  }
}

async function startDisplay(program: string): Promise<{ name: string; server: ChildProcess }> {
  const options = ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp']
  const server = start(program, options, { stdio: ['ignore', 'pipe', 'ignore'] })
  const [number] = await once(server.stdout!, 'data') // it has a pipe
  return { name: `:${`${number}`.trim()}`, server }
}

/** A program that ends with the tests, and its children with it. */
function start(program: string, args: string[], options: object): ChildProcess {
  const child = spawn(program, args, { ...options, detached: true }) // with a process group of its own
  process.once('exit', () => kill(child))
  return child
}

function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  kill(child)
  await ended
}

/** One driver and one browser: a driver has one session at a time, and a session's storage ends with it. */
async function createContext(
  paths: { driver: string; browser: string },
  { display, proxy }: { display: string; proxy: HostProxy | undefined },
): Promise<Context> {
  const port = await freePort()
  const driver = start(paths.driver, [`--port=${port}`], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_COMPOSITING_MODE: '1' },
  })
  const session = await connectWebDriver(port, {
    pageLoadStrategy: 'none', // tabs wait themselves
    unhandledPromptBehavior: 'accept',
    'webkitgtk:browserOptions': { binary: paths.browser, args: ['--automation'] },
    ...(proxy && { proxy: { proxyType: 'manual', httpProxy: `127.0.0.1:${proxy.port}` } }),
  })
  const first = `${await session.send('GET', '/window')}` // stays open: without any window the browser ends
  const own: { tab: RemoteTab; window: string }[] = []
  const open = () => own.filter(({ tab }) => !tab.isClosed())
  let isClosed = false

  const context: Context = {
    async newPage() {
      // Not a tab: of the tabs in one window all but one are hidden.
      const made = await session.sendTo(first, 'POST', '/window/new', { type: 'window' })
      const { handle } = made as { handle: string } // as the protocol says
      const tab = createTab(session, handle, context)
      own.push({ tab, window: handle })
      return tab
    },
    pages: () => open().map(({ tab }) => tab),
    async cookies() {
      const lists = open().map(({ window }) => session.sendTo(window, 'GET', '/cookie'))
      const cookies = (await Promise.all(lists)).flat() as Cookie[] // as the protocol says
      return [...new Map(cookies.map((cookie) => [`${cookie.name} ${cookie.domain}`, cookie])).values()]
    },
    async clearCookies() {
      for (const { window } of open()) await session.sendTo(window, 'DELETE', '/cookie')
    },
    on: () => {}, // WebDriver does not report what pages throw
    async close() {
      if (isClosed) return
      isClosed = true
      await session.end()
      await end(driver)
    },
  }
  return context
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listens on TCP, so it has a port
  server.close()
  await once(server, 'close')
  return port
}

/** A script that meets the end of its page may never get an answer from the driver; longer than a page is ever busy in tests. */
const lookMs = 3_000
let evaluations = 0

function createTab(session: WebDriver, window: string, owner: Context): RemoteTab {
  const send = (method: string, path: string, body?: object) => session.sendTo(window, method, path, body)
  const execute = async (script: string, limitMs?: number) =>
    `${await session.sendTo(window, 'POST', '/execute/sync', { script, args: [] }, limitMs)}`

  /** In short commands, because the driver runs one at a time for all tabs. */
  async function evaluate(expression: string, limitMs?: number): Promise<unknown> {
    const slot = `headwater-evaluation-${++evaluations}`
    const look = `return window['${slot}'] ? window['${slot}'].outcome : 'failed the page has gone'`
    let outcome = await execute(beginIn(slot, expression), limitMs)
    while (outcome === 'pending') {
      await elapse(10)
      outcome = await execute(look, lookMs).catch((error: Error) => {
        if (error.name === 'TimeoutError') return 'pending'
        throw error
      })
    }
    const [, state, text = ''] = /^(\w+) ?(.*)$/s.exec(outcome) ?? []
    if (state === 'text') return text
    if (state === 'json') return text ? JSON.parse(text) : undefined
    throw new Error(`evaluate: ${text}`)
  }

  const tab = createRemoteTab({
    context: () => owner,
    evaluate,
    look: (expression) => evaluate(expression, lookMs),
    address: async () => `${await send('GET', '/url')}`,
    navigate: (url) => send('POST', '/url', { url }),
    back: () => send('POST', '/back', {}),
    reload: () => send('POST', '/refresh', {}),
    async click(selector) {
      const found = (await send('POST', '/element', { using: 'css selector', value: selector })) as object
      await send('POST', `/element/${Object.values(found)[0]}/click`, {})
    },
    activate: () => send('GET', '/title'), // any command makes it the current one
    async close() {
      await send('DELETE', '/window')
      tab.reportClosed()
    },
  })
  return tab
}

/**
 * Without eval, which the page's policy may forbid. The outcome is one text, because the driver writes everything else with the
 * JSON of the page, which the page may have replaced.
 */
const beginIn = (slot: string, expression: string) => `
  const slot = { outcome: 'pending' }
  const finish = (value) => {
    slot.outcome = typeof value == 'string' ? 'text ' + value : 'json ' + (value === undefined ? '' : JSON.stringify(value))
  }
  const fail = (error) => { slot.outcome = 'failed ' + error }
  try {
    const value = (${expression})
    if (value && typeof value.then === 'function') value.then(finish, fail)
    else finish(value)
  } catch (error) { fail(error) }
  if (slot.outcome === 'pending') Object.defineProperty(window, '${slot}', { value: slot })
  return slot.outcome`
