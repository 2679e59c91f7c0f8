/** Starts the Firefox that is installed, and controls it by WebDriver BiDi. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firefoxPath } from '../../../tooling/installed-browsers.mjs'
import { type Bidi, connectBidi, plainValue, type RemoteValue } from './bidi.ts'
import type { Context, Cookie, Engine, EngineOptions } from './engine.ts'
import { createRemoteTab, type RemoteTab } from './remote-tab.ts'

/** Rejects when no Firefox is installed. The caller closes it. */
export async function launchFirefox({ hosts }: EngineOptions = {}): Promise<Engine> {
  const profile = await mkdtemp(join(tmpdir(), 'headwater-firefox-'))
  await writeFile(join(profile, 'user.js'), preferences(hosts))
  const { firefox, address } = await start(profile)
  const bidi = await connectBidi(`${address}/session`)
  await bidi.send('session.new', { capabilities: {} })
  const events = ['log.entryAdded', 'browsingContext.contextCreated', 'browsingContext.contextDestroyed']
  await bidi.send('session.subscribe', { events })
  const tabs = reportingTabs(bidi)
  const create = await tabMaker(bidi)
  return {
    name: 'firefox',
    newContext: () => createContext(bidi, tabs, create),
    async close() {
      const ended = once(firefox, 'exit')
      firefox.kill('SIGKILL')
      await ended
      bidi.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const preferences = (hosts?: string[]) =>
  Object.entries({
    // No request of the browser itself, and no page that nobody has opened.
    'app.normandy.enabled': false,
    'app.update.disabledForTesting': true,
    'browser.newtab.preload': false,
    'browser.newtabpage.enabled': false,
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.startup.page': 0,
    'datareporting.policy.dataSubmissionEnabled': false,
    'extensions.update.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'network.proxy.type': 0,
    'services.settings.server': 'data:,#remote-settings-dummy/v1',
    'toolkit.telemetry.reportingpolicy.firstRun': false,
    // A slow page on a busy machine is still a page.
    'dom.max_script_run_time': 0,
    ...(hosts && { 'network.dns.forceResolve': '127.0.0.1' }),
  })
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('')

async function start(profile: string): Promise<{ firefox: ChildProcess; address: string }> {
  const program = firefoxPath()
  if (!program) throw new Error('launchFirefox: found no firefox-esr or firefox in PATH. Install one.')
  const firefox = spawn(
    program,
    ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  process.once('exit', () => firefox.kill('SIGKILL'))
  let said = ''
  const address = await new Promise<string>((resolve, reject) => {
    firefox.stderr.on('data', (piece) => {
      said += piece
      const found = /WebDriver BiDi listening on (\S+)/.exec(said)?.[1]
      if (found) resolve(found)
    })
    firefox.once('exit', () => reject(new Error(`launchFirefox: it ended: ${said}`)))
  })
  return { firefox, address }
}

type Tabs = Map<unknown, RemoteTab & { reportThrown(error: Error): void }>

/** Passes events to the tabs they are of. */
function reportingTabs(bidi: Bidi): Tabs {
  const tabs: Tabs = new Map()
  const frames = new Map<unknown, unknown>() // their tabs' ids
  bidi.on('browsingContext.contextCreated', ({ context, parent }) => {
    if (parent) frames.set(context, frames.get(parent) ?? parent)
  })
  bidi.on('browsingContext.contextDestroyed', ({ context }) => {
    frames.delete(context)
    tabs.get(context)?.reportClosed()
    tabs.delete(context)
  })
  bidi.on('log.entryAdded', ({ type, level, text, source }) => {
    const { context } = source as { context: string } // as the protocol says
    const tab = tabs.get(frames.get(context) ?? context)
    if (type === 'console') tab?.reportConsole(`${text}`)
    else if (level === 'error' && !isNotice(`${text}`)) tab?.reportThrown(new Error(`${text}`))
  })
  return tabs
}

/**
 * What Firefox logs like an error that a script has thrown: that a cookie's domain is a public suffix, which is what the SDK
 * tries in order to find out; and that an XHTML page is incomplete, when it is left while it loads.
 */
const isNotice = (text: string) => text.startsWith('Cookie “') || text.startsWith('XML Parsing Error')

/** Resolves with the id of a new tab. */
type CreateTab = (userContext: unknown) => Promise<string>

/**
 * Makes tabs that are all visible. In the window that Firefox starts with one tab can be: it is used while no other test uses
 * it, because a window of its own takes four times as long.
 */
async function tabMaker(bidi: Bidi): Promise<CreateTab> {
  const { contexts } = await bidi.send('browsingContext.getTree')
  const [{ context: first }] = contexts as [{ context: string }] // the blank page that it starts with
  let inFirstWindow: string | undefined
  bidi.on('browsingContext.contextDestroyed', ({ context }) => {
    if (context === inFirstWindow) inFirstWindow = undefined
  })
  return async (userContext) => {
    const isFree = inFirstWindow === undefined
    if (isFree) inFirstWindow = 'to come'
    const place = isFree ? { type: 'tab', referenceContext: first } : { type: 'window' }
    const { context } = await bidi.send('browsingContext.create', { ...place, userContext })
    if (isFree) inFirstWindow = `${context}`
    return `${context}`
  }
}

async function createContext(bidi: Bidi, tabs: Tabs, create: CreateTab): Promise<Context> {
  const { userContext } = await bidi.send('browser.createUserContext')
  const partition = { type: 'storageKey', userContext }
  const own: RemoteTab[] = []
  let isClosed = false
  const listeners: ((thrown: { error(): Error }) => void)[] = []

  const context: Context = {
    async newPage() {
      const id = await create(userContext)
      const tab = createTab(bidi, id, context)
      const reportThrown = (error: Error) => {
        tab.reportError(error)
        for (const listen of listeners) listen({ error: () => error })
      }
      tabs.set(id, { ...tab, reportThrown })
      own.push(tab)
      return tab
    },
    pages: () => own.filter((tab) => !tab.isClosed()),
    async cookies() {
      const { cookies } = await bidi.send('storage.getCookies', { partition })
      return (cookies as (Omit<Cookie, 'value'> & { value: RemoteValue })[]).map((cookie) => ({
        ...cookie,
        sameSite: capitalised(cookie.sameSite),
        value: `${cookie.value.value}`,
      }))
    },
    async clearCookies() {
      await bidi.send('storage.deleteCookies', { partition })
    },
    on: (_, listener) => listeners.push(listener),
    async close() {
      if (isClosed) return
      isClosed = true
      await bidi.send('browser.removeUserContext', { userContext })
    },
  }
  return context
}

function createTab(bidi: Bidi, context: string, owner: Context): RemoteTab {
  async function evaluate(expression: string): Promise<unknown> {
    const answer = await bidi.send('script.evaluate', { expression, target: { context }, awaitPromise: true })
    if (answer.type === 'exception') {
      const { text } = answer.exceptionDetails as { text: string } // as the protocol says
      throw new Error(`evaluate: ${text}`)
    }
    return plainValue(answer.result as RemoteValue) // as the protocol says
  }
  const tab = createRemoteTab({
    context: () => owner,
    evaluate,
    look: evaluate,
    address: async () => `${await evaluate('document.URL')}`,
    navigate: (url) => bidi.send('browsingContext.navigate', { context, url, wait: 'none' }),
    back: () => bidi.send('browsingContext.traverseHistory', { context, delta: -1 }),
    reload: () => bidi.send('browsingContext.reload', { context, wait: 'none' }),
    async click(selector) {
      const [x, y] = (await evaluate(`(${middleOf})(${JSON.stringify(selector)})`)) as [number, number]
      const pointer = [
        { type: 'pointerMove', x, y },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ]
      const actions = [{ type: 'pointer', id: 'mouse', actions: pointer }]
      await bidi.send('input.performActions', { context, actions })
    },
    activate: () => bidi.send('browsingContext.activate', { context }),
    async close({ runBeforeUnload }) {
      await bidi.send('browsingContext.close', { context, promptUnload: runBeforeUnload })
      await tab.waitForEvent('close')
    },
  })
  return tab
}

/** Runs in the page. */
function middleOf(selector: string): [number, number] {
  const element = document.querySelector(selector)
  if (!element) throw new Error(`There is no ${selector}.`)
  element.scrollIntoView({ block: 'center' })
  const { x, y, width, height } = element.getBoundingClientRect()
  return [Math.floor(x + width / 2), Math.floor(y + height / 2)]
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
