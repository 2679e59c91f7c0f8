/** Pages with replaced built-ins, odd markup and old polyfills: by the tag and by the stub, each event arrives once, as it was given. */
import { readFile } from 'node:fs/promises'
import type { WireEvent } from '@headwater/contract'
import type { Tab } from '@headwater/testkit/engines/engine'
import { engineName } from '@headwater/testkit/engines/launch'
import { describe, type ExpectStatic, expect, vi } from 'vitest'
import { consoleOf } from './console-of.ts'
import { testInBrowser, type Visitor } from './test-in-browser.ts'
import { names, reportHere, type TestSite, token } from './test-site.ts'

const test = testInBrowser()
const stub = await readFile(new URL('../../../../sdk/dist/stub.js', import.meta.url), 'utf8')

/** Each page has a script of its own, which runs before everything else. */
type Row = [page: string, script: string, differences?: Differences]

/** What else is on the page, and what is different there. */
interface Differences {
  /** Before the stub and the tag. */
  markup?: string
  /** In place of the usual tag. */
  tag?: (site: TestSite) => string
  /** Makes the page from what is on it. */
  layOut?: (content: string) => string
  type?: string
  /** The one message in the console; without it there is none. */
  says?: RegExp
  /** Properties that arrive otherwise than they were given. */
  props?: object
  /** The page's clock does not show today. */
  isWrongTime?: boolean
  /** What is in flight when the page is left is cancelled, except in Chromium. */
  endsWithPage?: boolean
  /** What the stub sends when it is not everything. */
  byStub?: 'nothing' | 'not tried'
}

const libraries: Row[] = [
  [
    'Prototype.js 1.6, which gives lists, dates, texts and numbers a toJSON that returns text',
    `const quote = function () { return '"' + this + '"' }
    for (const each of [Array, Date, String, Number]) each.prototype.toJSON = quote`,
  ],
  ['a toJSON for every object', `Object.prototype.toJSON = function () { return '{}' }`],
  [
    'Prototype.js 1.6, which replaces methods of lists',
    `Array.from = (it) => it.toArray ? it.toArray() : Array.prototype.slice.call(it)
    Array.prototype.entries = Array.prototype.toArray = function () { return this.slice() }
    Array.prototype.reduce = function () { return this.length > 1 ? this : this[0] }
    Array.prototype.include = Array.prototype.includes = function (it) { return this.indexOf(it) != -1 }
    Function.prototype.bind = function (it) { const run = this; return function () { return run.apply(it, arguments) } }`,
  ],
  [
    'MooTools, which adds enumerable methods to lists and objects',
    `Array.prototype.each = Array.prototype.forEach
    Object.prototype.foo = 'bar'
    Object.prototype.each = function () {}`,
  ],
  [
    'methods of lists by loops, for lists alone',
    `const add = (name, run) => { Array.prototype[name] = function (f) { const all = []; for (let i = 0; i < this.length; i++) run(all, f, this[i], i); return all } }
    add('map', (all, f, it, i) => { all[i] = f(it, i) })
    add('filter', (all, f, it, i) => { if (f(it, i)) all.push(it) })
    Array.prototype.includes = function (it) { for (let i = 0; i < this.length; i++) if (this[i] === it) return true; return false }
    Array.prototype.some = function (f) { for (let i = 0; i < this.length; i++) if (f(this[i], i)) return true; return false }
    Array.from = (it) => Array.prototype.slice.call(it)`,
  ],
  [
    'Object.keys, entries and assign by loops',
    `Object.keys = (it) => { const all = []; for (const name in it) if ({}.hasOwnProperty.call(it, name)) all.push(name); return all }
    Object.entries = (it) => { const all = []; for (const name in it) all.push([name, it[name]]); return all }
    Object.assign = (to, ...all) => { for (const it of all) for (const name in it) if (it[name] !== undefined) to[name] = it[name]; return to }`,
  ],
  [
    'Symbol by an old polyfill',
    `window.Symbol = Object.assign((name) => '@@' + name, { iterator: '@@iterator', for: (name) => '@@' + name })`,
  ],
  [
    'the iterator of lists by a polyfill',
    `Array.prototype[Symbol.iterator] = function () { let at = 0; return { next: () => at < this.length ? { done: false, value: this[at++] } : { done: true } } }`,
  ],
  [
    'URL and URLSearchParams by weak polyfills',
    `window.URL = function (href) { this.href = href }
    window.URLSearchParams = function (text) { this.get = () => null; this.toString = () => text }`,
  ],
]

const json: Row[] = [
  [
    'a JSON.stringify of 2007, which knows no replacer and asks everything for its toJSON',
    `JSON.stringify = function write(it) {
      if (it && it.toJSON) it = it.toJSON()
      if (typeof it == 'function' || it === undefined) return undefined
      if (typeof it != 'object' || !it) return typeof it == 'string' ? '"' + it.replace(/["\\\\]/g, '\\\\$&') + '"' : String(it)
      if (it instanceof Array) return '[' + it.map((each) => write(each) || 'null') + ']'
      return '{' + Object.keys(it).filter((name) => write(it[name])).map((name) => '"' + name + '":' + write(it[name])) + '}' }`,
  ],
  ['JSON.parse by eval', `JSON.parse = (text) => eval('(' + text + ')')`],
]

const dates: Row[] = [
  [
    'a fake Date that stands still',
    `const Real = Date, then = 1_600_000_000_000
    window.Date = class extends Real { constructor(...all) { super(...(all.length ? all : [then])) } }
    Date.now = () => then`,
    { isWrongTime: true },
  ],
  ['no Date.now', `Date.now = undefined`],
  ['a Date.now that returns a Date', `Date.now = () => new Date()`],
  [
    'a toISOString that returns text in quotes and whole seconds, as of Datejs',
    `const write = Date.prototype.toISOString
    Date.prototype.toISOString = function () { return '"' + write.call(this).replace(/[.]\\d+/, '') + '"' }`,
    { props: { on: '1970-01-01T00:00:00Z' }, byStub: 'not tried' }, // the collector rejects such times
  ],
  ['no performance.now', `Object.defineProperty(window, 'performance', { value: {} })`],
  ['performance that is undefined', `Object.defineProperty(window, 'performance', { value: undefined })`],
]

const promises: Row[] = [
  [
    'a Promise that wraps the browser’s own, as of Zone.js',
    `const Own = Promise
    window.Promise = class Wrapped extends Own { then(...all) { return super.then(...all) } }`,
  ],
  [
    'a Promise of another kind, as of Bluebird, without finally',
    `const Own = Promise
    class Other {
      constructor(run) { this.own = new Own(run) }
      then(...all) { return new Other((...ends) => this.own.then(...all).then(...ends)) }
      catch(fail) { return this.then(undefined, fail) } }
    for (const name of ['resolve', 'reject', 'all', 'race']) Other[name] = (it) => new Other((...ends) => Own[name](it).then(...ends))
    window.Promise = Other`,
  ],
  [
    'a Promise that answers by timers, too late for a transaction',
    `const Own = Promise, later = (f) => f && ((it) => new Own((...ends) => setTimeout(() => Own.resolve(it).then(f).then(...ends))))
    class Other {
      constructor(run) { this.own = new Own(run) }
      then(...all) { return new Other((...ends) => this.own.then(...all.map(later)).then(...ends)) }
      catch(fail) { return this.then(undefined, fail) } }
    for (const name of ['resolve', 'reject', 'all', 'race']) Other[name] = (it) => new Other((...ends) => Own[name](it).then(...ends))
    window.Promise = Other`,
    { says: /storage_failed/ },
  ],
]

const network: Row[] = [
  [
    'a fetch that a monitor calls through',
    `const own = fetch
    window.fetch = function (...all) { return own.apply(this, all).then((answer) => { answer.clone().text(); return answer }) }`,
  ],
  [
    'a fetch that returns a promise of another kind, without catch',
    `const own = fetch
    window.fetch = (...all) => ({ then: (...ends) => void own(...all).then(...ends) })`,
  ],
  [
    'a fetch by XMLHttpRequest, without keepalive and signal',
    `window.fetch = (url, { method, body, headers }) => new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open(method, url)
      for (const name in headers) request.setRequestHeader(name, headers[name])
      request.onload = () => resolve({ status: request.status, headers: { get: (name) => request.getResponseHeader(name) }, json: async () => JSON.parse(request.responseText) })
      request.onerror = reject; request.send(body) })`,
    { endsWithPage: true },
  ],
  [
    'no sendBeacon',
    `Object.defineProperty(navigator, 'sendBeacon', { value: undefined })`,
    { byStub: 'nothing' },
  ],
  [
    'a sendBeacon that throws',
    `navigator.sendBeacon = () => { throw new Error('blocked') }`,
    { byStub: 'nothing' },
  ],
  ['no crypto.randomUUID', `crypto.randomUUID = undefined`],
  ['no TextEncoder', `window.TextEncoder = undefined`],
  ['no CompressionStream', `window.CompressionStream = undefined`],
  ['an AbortSignal without a time limit', `AbortSignal.timeout = undefined`],
]

const listening: Row[] = [
  [
    'a setTimeout that is slowed down and returns an object',
    `const own = setTimeout
    window.setTimeout = (task, ms, ...all) => ({ id: own(() => task(...all), Math.max(ms, 200)) })`,
  ],
  [
    'an addEventListener that loses its options',
    `const own = EventTarget.prototype.addEventListener
    EventTarget.prototype.addEventListener = function (type, listener) { return own.call(this, type, listener) }`,
  ],
  ['a console without warn', `console.warn = undefined`],
  ['no console', `Object.defineProperty(window, 'console', { value: undefined })`],
]

const storages: Row[] = [
  [
    'a document.cookie that cannot be set',
    `const { get } = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')
    Object.defineProperty(document, 'cookie', { get, set() { throw new DOMException('no', 'SecurityError') } })`,
  ],
  [
    'a document.cookie that cannot be read',
    `Object.defineProperty(document, 'cookie', { get() { throw new DOMException('no', 'SecurityError') } })`,
  ],
  [
    'a localStorage that throws',
    `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })`,
  ],
  ['a localStorage that is null', `Object.defineProperty(window, 'localStorage', { value: null })`],
  [
    'a localStorage that is full',
    `for (let size = 2 ** 22; size >= 1; size /= 2) try { for (;;) localStorage['x' + Math.random()] = 'x'.repeat(size) } catch {}`,
  ],
  [
    'no IndexedDB',
    `Object.defineProperty(window, 'indexedDB', { value: undefined })`,
    { says: /storage_failed/ },
  ],
  [
    'an IndexedDB that never answers, seen in quick motion',
    `indexedDB.open = () => ({})
    const own = setTimeout
    window.setTimeout = (task, ms) => own(task, ms / 100)`,
    { says: /storage_failed: Error: no answer in 5000 ms/ },
  ],
  [
    'an IndexedDB that cannot be opened',
    `indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }`,
    { says: /storage_failed: SecurityError: no/ },
  ],
  [
    'an IndexedDB of a version that is too new',
    `const { open } = IDBFactory.prototype
    indexedDB.open = (name) => { open.call(indexedDB, name, 2); return open.call(indexedDB, name, 1) }`,
    { says: /storage_failed: VersionError/ },
  ],
]

const everyName =
  'submit action location track headwater q currentScript cookie title referrer visibilityState'
const markups: Row[] = [
  [
    'form fields named as everything we read',
    '',
    {
      markup: `<form name="form">${everyName
        .split(' ')
        .map((name) => `<input name="${name}" />`)
        .join('')}</form>`,
    },
  ],
  [
    'elements named as what we read of the document',
    '',
    {
      markup: ['cookie', 'title', 'referrer', 'q', 'track']
        .map((name) => `<img name="${name}" id="${name}" />`)
        .join(''),
    },
  ],
  ['an element with the id headwater', '', { markup: '<div id="headwater"></div>' }],
  [
    'a form named headwater with a field named q',
    '',
    { markup: '<form name="headwater"><input name="q" /></form>' },
  ],
  [
    'two elements named headwater',
    '',
    { markup: '<div id="headwater"></div><form name="headwater"></form>' },
  ],
  ['a frame named headwater', '', { markup: '<iframe name="headwater"></iframe>' }],
  ['a base elsewhere', '', { markup: '<base href="https://other.example/deep/" />' }],
  [
    'another character set',
    '',
    {
      layOut: (content) => `<!doctype html><meta charset="iso-8859-1">${content}`,
      type: 'text/html; charset=iso-8859-1',
    },
  ],
  ['quirks mode', '', { layOut: (content) => content }],
  [
    'XHTML',
    '',
    {
      type: 'application/xhtml+xml',
      layOut: (content) =>
        `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Shop</title></head><body>${content}</body></html>`,
    },
  ],
]

const configured = `window.headwater = { token: '${token}', endpoint: 'http://' + location.host, flushIntervalMs: 1 }`
const tags: Row[] = [
  ['the tag twice', '', { tag: (site) => usualTag(site) + tagWith(site, options) }],
  ['the tag as a module', '', { tag: (site) => tagWith(site, `${options} type="module" onload="act()"`) }],
  [
    'a module, and its options in window.headwater',
    configured,
    { tag: (site) => tagWith(site, 'type="module" onload="act()"'), byStub: 'not tried' },
  ],
  [
    'a tag that a tag manager makes without attributes, and its options in window.headwater',
    configured,
    {
      tag: (site) =>
        scriptOf(`const made = document.createElement('script')
        made.src = '${site.origin}/sdk.js'
        made.onload = act
        document.head.append(made)`),
      byStub: 'not tried',
    },
  ],
  [
    'another product’s tag before ours, which has a data-token too',
    '',
    {
      tag: (site) =>
        `<script data-token="other" src="data:text/javascript,"></script>${tagWith(site, `${options} type="module" onload="act()"`)}`,
    },
  ],
  [
    'a window.headwater that is frozen',
    `${configured}; Object.freeze(headwater)`,
    { says: /not extensible/, byStub: 'not tried' },
  ],
  [
    'a window.headwater that cannot be replaced',
    `Object.defineProperty(window, 'headwater', { value: { flushIntervalMs: 1 } })`,
    { byStub: 'not tried' },
  ],
  [
    'a sandboxed frame around it',
    '',
    {
      layOut: (content) =>
        `<!doctype html><iframe sandbox="allow-scripts" srcdoc="${usualPage(content).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`,
      says: /storage_failed/,
    },
  ],
]

const given = {
  list: ['a', ['b', 1.5]],
  deep: { deeper: { numbers: [1, 2], empty: [] } },
  on: '1970-01-01T00:00:00.000Z',
  none: null,
  text: 'caf\u00e9 \u20ac "quoted"',
}
const calls = `function act() {
  headwater.track('viewed', { list: ['a', ['b', 1.5]], deep: { deeper: { numbers: [1, 2], empty: [] } }, on: new Date(0), none: null, text: 'caf\\u00e9 \\u20ac "quoted"' })
  headwater.conversion('purchase', { id: 'T1', revenueCents: 1999, currency: 'EUR', props: { items: [{ sku: 'S', tags: ['x'] }] } })
  headwater.identify('u1')
}`

const scriptOf = (code: string) => `<script>//<![CDATA[\n${code}\n//]]></script>`
const tagWith = ({ origin }: TestSite, attributes: string) =>
  `<script src="${origin}/sdk.js" async="" ${attributes}></script>`
const options = `data-token="${token}" data-flush-interval-ms="1"`
/** Where the browser does not report them itself. */
const reports = ({ origin }: TestSite) =>
  engineName === 'webkit' ? scriptOf(`(${reportHere})('${origin}')`) : ''
const usualTag = (site: TestSite) => tagWith(site, `${options} onload="act()"`)
const usualPage = (content: string) => `<!doctype html><title>Shop</title>${content}`

/** Five pages load at a time, and a busy machine may be slow. */
const patiently = { timeout: 10_000 }

/** Opens the page; what its console says is added to the list that is returned. */
async function open(page: Tab, site: TestSite, whole: string, type = 'text/html'): Promise<string[]> {
  const said = consoleOf(page, site)
  site.pages['/'] = { whole, headers: { 'content-type': type } }
  await page.goto(site.origin, { waitUntil: 'commit' })
  return said
}

/** Each event once, as the collector stores it: a page that leaves before the answer has come sends again. */
function storedIn({ events }: TestSite): WireEvent[] {
  return [...new Map(events.map((event) => [event.idempotency_key, event])).values()]
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/

/** Ids are valid, one visitor has all events, and they have just happened. */
function expectGoodIdsAndTimes(site: TestSite, isWrongTime?: boolean): void {
  const visitors = new Set(site.events.map(({ anonymous_id }) => anonymous_id))
  expect(visitors.size).toBe(1)
  for (const id of [...visitors, ...site.events.map((event) => event.idempotency_key)])
    expect(id).toMatch(uuid)
  for (const body of site.bodies) {
    const batch: { sent_at: string; events: WireEvent[] } = JSON.parse(body)
    const sentAt = Date.parse(batch.sent_at)
    if (!isWrongTime) expect(Math.abs(sentAt - Date.now())).toBeLessThan(60_000)
    for (const { occurred_at } of batch.events) {
      expect(occurred_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/)
      expect(Math.abs(sentAt - Date.parse(occurred_at))).toBeLessThan(20_000)
    }
  }
}

const expected = (props: object = {}) => [
  { type: 'page', name: 'page_view' },
  { type: 'track', name: 'viewed', props: { ...given, ...props } },
  {
    ...{
      type: 'track',
      name: 'purchase',
      conversion: true,
      conversion_id: 'T1',
      revenue_cents: 1999,
      currency: 'EUR',
    },
    props: { items: [{ sku: 'S', tags: ['x'] }] },
  },
  { type: 'identify', user_id: 'u1' },
]

interface Setting {
  visitor: Visitor
  site: TestSite
  /** The test's own, because tests run concurrently. */
  expect: ExpectStatic
}

/** The script replays calls that were made before it has come. */
const earlyCalls = scriptOf(stub) + scriptOf(`${calls}; act(); act = () => {}`)

/** Once everything has arrived, the page is left with a last call. */
async function byClient(
  [, script, row = {}]: Row,
  callsOfPage: string,
  { visitor: { page }, site, expect }: Setting,
): Promise<void> {
  const {
    markup = '',
    tag = usualTag,
    layOut = usualPage,
    type,
    says,
    props,
    isWrongTime,
    endsWithPage,
  } = row
  const lastCall = scriptOf(`addEventListener('pagehide', () => headwater.track('left'))`)
  const parts = [reports(site), scriptOf(script), markup, callsOfPage, lastCall, tag(site)]
  const said = await open(page, site, layOut(parts.join('\n')), type)
  await expect.poll(() => names(site), patiently).toEqual(['page_view', 'viewed', 'purchase', 'identify'])
  await page.goto(`${site.origin}/bare`)
  if (!(endsWithPage && engineName !== 'chromium')) {
    await expect.poll(() => names(site), patiently).toContain('left')
    expect(storedIn(site).at(-1)).toMatchObject({ type: 'track', name: 'left' })
  }
  expect(storedIn(site).slice(0, 4)).toMatchObject(expected(props))
  expectGoodIdsAndTimes(site, isWrongTime)
  expect(said).toEqual(says ? [expect.stringMatching(says)] : [])
}

async function byStub(
  [, script, row = {}]: Row,
  { visitor: { page, pageErrors }, site, expect }: Setting,
): Promise<void> {
  const { markup = '', tag = usualTag, layOut = usualPage, type, props, isWrongTime } = row
  site.withholdSdk()
  const act = scriptOf(`${calls}; act(); location.href = '${site.origin}/bare'`)
  const body = '<p>Shop</p>' // WebKit says nothing to a page without a body when it is left
  const parts = [reports(site), scriptOf(script), markup, body, scriptOf(stub), tag(site), act]
  const said = await open(page, site, layOut(parts.join('\n')), type)
  await vi.waitUntil(() => site.addresses.includes('/bare'), patiently)
  await page.waitForFunction(() => document.readyState === 'complete') // a full Chromium never closes a page before that
  if (row.byStub === 'nothing') {
    for (const thrown of [pageErrors, site.thrown]) thrown.length = 0 // by the page's own function
    return expect(site.events).toEqual([])
  }
  await expect.poll(() => names(site), patiently).toHaveLength(4)
  expect(storedIn(site)).toMatchObject(expected(props))
  expectGoodIdsAndTimes(site, isWrongTime)
  expect(said).toEqual([])
}

const builtIns = [libraries, json, dates, promises].flat()
const rows = [builtIns, network, listening, storages, markups, tags].flat()

describe.concurrent('each event arrives once, as it was given, on a page with', () => {
  describe('the tag and', () => {
    test.for(rows)('%s', async (row, { visitor, site, expect }) => {
      await byClient(row, scriptOf(calls), { visitor, site, expect })
    })
  })
  describe('the stub, then the tag, and', () => {
    test.for(builtIns)('%s', async (row, { visitor, site, expect }) => {
      await byClient(row, earlyCalls, { visitor, site, expect })
    })
  })
  describe('the stub, when the page is left before the script has come, and', () => {
    test.for(rows.filter(([, , row]) => row?.byStub !== 'not tried'))('%s', byStub)
  })
})

describe.concurrent('a move is one view on a page', () => {
  const push = (path: string) => `setTimeout(() => history.pushState(null, '', '${path}'));`
  const moves = `function act() { ${push('/a')} setTimeout(() => { ${push('/b')} }) }`
  const wrap = `{ const own = history.pushState; history.pushState = function () { return own.apply(this, arguments) } }`
  // Turbo replaces the body by that of the next page, and runs its scripts.
  const visits = (site: TestSite) => `let visits = 0
    function act() {
      if (++visits > 5) return
      history.pushState(null, '', '/' + visits)
      const body = document.createElement('body'), tag = document.createElement('script')
      Object.assign(tag, { src: '${site.origin}/sdk.js', onload: () => setTimeout(act) })
      Object.assign(tag.dataset, { token: '${token}', flushIntervalMs: '1' })
      body.append(tag)
      document.body.replaceWith(body)
    }`
  type Moves = [page: string, script: (site: TestSite) => string, views: string[]]
  const pages: Moves[] = [
    ['where another script has wrapped pushState before ours', () => wrap + moves, ['/', '/a', '/b']],
    [
      'where another script wraps pushState after ours',
      () => moves.replace('{', `{ ${wrap}`),
      ['/', '/a', '/b'],
    ],
    ['that Turbo moves, which runs the tag on each visit', visits, ['/', '/1', '/2', '/3', '/4', '/5']],
  ]
  const rows = pages.flatMap(([page, ...rest]) => [
    [page, '', ...rest] as const,
    [
      `${page}, without the Navigation API`,
      `Object.defineProperty(window, 'navigation', { value: undefined });`,
      ...rest,
    ] as const,
  ])

  test.for(rows)('%s', async ([, first, script, views], { visitor: { page }, site, expect }) => {
    const said = await open(
      page,
      site,
      usualPage(`<body>${reports(site)}${scriptOf(first + script(site))}${usualTag(site)}`),
    )
    const paths = () => storedIn(site).map(({ url = '' }) => new URL(url).pathname)
    await expect.poll(paths, patiently).toHaveLength(views.length)
    await page.goto(`${site.origin}/bare`)
    expect(paths()).toEqual(views)
    expect(said).toEqual([])
  })
})

describe.concurrent('properties that no JSON can hold', () => {
  const revoked = '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()'
  const track = `const circle = { name: 'a' }
    circle.self = circle
    headwater.track('bigint', { good: [1], count: 2n ** 64n })
    headwater.track('circle', { good: [1], circle })
    headwater.track('proxy', { good: [1], proxy: ${revoked} })
    headwater.track('getter', { good: [1], get getter() { throw new Error('no') } })
    headwater.track('own JSON', { good: [1], own: { toJSON() { throw new Error('no') } } })`

  test('are left out alone, and named once, however often they are passed', async ({
    visitor: { page },
    site,
    expect,
  }) => {
    const twice = `function act() { for (let n = 0; n < 2; n++) { ${track} } }`
    const said = await open(page, site, usualPage(reports(site) + scriptOf(twice) + usualTag(site)))
    await expect.poll(() => storedIn(site), patiently).toHaveLength(11)
    const propsOf = Object.fromEntries(site.events.map(({ name, props }) => [name, props]))
    expect(propsOf).toEqual({
      page_view: undefined,
      bigint: { good: [1], count: `${2n ** 64n}` },
      circle: { good: [1], circle: { name: 'a' } },
      proxy: { good: [1] },
      getter: { good: [1] },
      'own JSON': { good: [1] },
    })
    const places = ['circle.self', 'proxy', 'getter', 'own']
    expect(said).toEqual(
      places.map((place) => `headwater: invalid_value: 'props.${place}', see sdk/ERRORS.md#invalid_value`),
    )
  })

  test('cost the event all of them, when the stub has to send it', async ({
    visitor: { page },
    site,
    expect,
  }) => {
    site.withholdSdk()
    const act = scriptOf(`${track}; location.href = '/bare'`)
    const left = page.waitForURL('**/bare')
    await open(page, site, usualPage(`<p>Shop</p>${scriptOf(stub)}${usualTag(site)}${act}`))
    await left
    await expect
      .poll(() => names(site), patiently)
      .toEqual(['page_view', 'bigint', 'circle', 'proxy', 'getter', 'own JSON'])
    expect(site.events.slice(1).map(({ props }) => props)).toEqual(Array(5).fill(undefined))
  })
})

describe.concurrent('what cannot work costs the page no error, and the console says so:', () => {
  const clobbered = { markup: '<img name="currentScript" />' }
  const pages: [page: string, script: string, says: RegExp[], more?: Differences][] = [
    ['an element named currentScript', '', [/invalid_option: `token` is undefined/], clobbered],
    [
      'a tag without attributes',
      '',
      [/invalid_option: `token` is undefined/],
      { tag: (site) => tagWith(site, 'onload="act()"') },
    ],
    [
      'a JSON.stringify that throws',
      `JSON.stringify = () => { throw new Error('broken') }`,
      [/storage_failed: Error: broken/, /headwater: Error: broken/],
    ],
    [
      'a JSON.stringify that returns nothing',
      'JSON.stringify = () => undefined',
      [/storage_failed: TypeError/, /headwater: TypeError/],
    ],
  ]

  test.for(pages)('%s', async ([, script, says, row = {}], { visitor: { page }, site, expect }) => {
    const { markup = '', tag = usualTag } = row
    const act = `function act() { headwater.track?.('a') }`
    const said = await open(
      page,
      site,
      usualPage([reports(site), scriptOf(script), markup, scriptOf(act), tag(site)].join('\n')),
    )
    await expect.poll(() => said, patiently).toEqual(says.map((text) => expect.stringMatching(text)))
    await page.goto(`${site.origin}/bare`)
    expect(site.events).toEqual([])
    expect(said).toHaveLength(says.length)
  })
})

test('a fetch that refuses unknown options sends nothing; the next page without it does', async ({
  visitor: { page },
  site,
}) => {
  const strict = `const own = fetch
    window.fetch = (url, { method, body, ...others }) => { for (const name in others) throw new TypeError(name); return own(url, { method, body }) }`
  const act = `function act() { headwater.track('kept'); headwater.flush().then(() => { location.href = '/next' }) }`
  site.pages['/next'] = { whole: usualPage(scriptOf('function act() {}') + usualTag(site)) }
  const said = await open(
    page,
    site,
    usualPage(reports(site) + scriptOf(`${strict}; ${act}`) + usualTag(site)),
  )
  await expect.poll(() => names(site), patiently).toEqual(['page_view', 'kept', 'page_view'])
  expect(said).toEqual([])
})

test('a page without iterators gets no client, and goes on', async ({
  visitor: { page, pageErrors },
  site,
  skip,
}) => {
  skip(engineName === 'webkit', 'its driver runs its own scripts in the page, and they need iterators')
  const script =
    'delete Array.prototype[Symbol.iterator]; function act() { document.title = typeof headwater }'
  await open(page, site, usualPage(scriptOf(script) + usualTag(site)))
  await expect.poll(() => page.title(), patiently).toBe('undefined')
  expect(pageErrors.splice(0)).toEqual([
    expect.objectContaining({ message: expect.stringContaining('not iterable') }),
  ])
})
