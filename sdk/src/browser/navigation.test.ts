// @vitest-environment happy-dom
/** States what counts as coming to a page. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchPages } from './navigation.ts'

type WindowWithNavigation = { navigation?: EventTarget & { currentEntry: unknown } }

const pushState = history.pushState
const replaceState = history.replaceState
let ending: AbortController
let views: string[]
let titles: string[]

const watch = () =>
  watchPages((titled) => {
    views.push(location.pathname + location.search + location.hash)
    const noteTitle = () => void titles.push(document.title)
    if (titled) titled.then(noteTitle)
    else noteTitle()
  }, ending.signal)
const rendered = () => vi.advanceTimersByTimeAsync(100)

beforeEach(() => {
  vi.useFakeTimers()
  history.pushState = pushState
  history.replaceState = replaceState
  history.replaceState(null, '', '/start')
  ending = new AbortController()
  views = []
  titles = []
})
afterEach(() => {
  ending.abort()
  vi.useRealTimers()
})

/** A browser with the Navigation API tells of every change of the address by itself. */
function giveNavigationApi() {
  const navigation = Object.assign(new EventTarget(), { currentEntry: {} })
  ;(window as WindowWithNavigation).navigation = navigation
  const tell = (change: typeof history.pushState) =>
    function (this: History, ...args: Parameters<typeof history.pushState>) {
      change.apply(history, args)
      navigation.dispatchEvent(new Event('currententrychange'))
    }
  history.pushState = tell(pushState)
  history.replaceState = tell(replaceState)
}

describe.each([
  ['with the Navigation API', giveNavigationApi],
  ['with a patched history', () => void delete (window as WindowWithNavigation).navigation],
])('%s', (_, prepare) => {
  beforeEach(prepare)

  test('the page that was loaded is a view', () => {
    watch()
    expect(views).toEqual(['/start'])
  })

  test.each([
    ['pushState to another path', () => history.pushState(null, '', '/a'), ['/start', '/a']],
    ['pushState to another query', () => history.pushState(null, '', '?q=1'), ['/start', '/start?q=1']],
    ['replaceState to another path', () => history.replaceState(null, '', '/b'), ['/start', '/b']],
    ['replaceState to the same address', () => history.replaceState({ x: 1 }, '', '/start'), ['/start']],
    ['a state without an address', () => history.pushState({ x: 1 }, ''), ['/start']],
    ['a place on the page', () => history.pushState(null, '', '#reviews'), ['/start']],
    ['a route in the hash', () => history.pushState(null, '', '#/cart'), ['/start', '/start#/cart']],
    ['a route in a hashbang', () => history.pushState(null, '', '#!/cart'), ['/start', '/start#!/cart']],
  ])('%s', (_, navigate, expected) => {
    watch()
    navigate()
    expect(views).toEqual(expected)
  })

  test('a page that comes by history has its title 100 ms later, when it is rendered; others have it at once', async () => {
    document.title = 'Start'
    watch()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    history.pushState(null, '', '/a')
    setTimeout(() => {
      document.title = 'A' // as a framework does when it has rendered
    }, 99)
    expect(titles).toEqual(['Start', 'Start'])
    await rendered()
    expect(titles).toEqual(['Start', 'Start', 'A'])
  })

  test.each([
    [
      'a campaign that is taken out of the address',
      '/start?UTM_source=a&gclid=X&gad_source=1&li_fat_id=Y&page=2',
      '/start?page=2',
    ],
    ['the root of a hash router', '/start', '/start#/'],
    ['the root of a hashbang router', '/start', '/start#!/'],
  ])('%s is no view', (_, from, to) => {
    history.replaceState(null, '', from)
    watch()
    history.replaceState(null, '', to)
    expect(views).toEqual([from])
  })

  test('going back from the back/forward cache is a view of the same page', () => {
    watch()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }))
    expect(views).toEqual(['/start', '/start'])
  })

  test('after the end nothing is a view', () => {
    watch()
    ending.abort()
    history.pushState(null, '', '/b')
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    expect(views).toEqual(['/start'])
  })
})

test('a Navigation API that is silent, as in a sandboxed frame, is not relied on', () => {
  ;(window as WindowWithNavigation).navigation = Object.assign(new EventTarget(), { currentEntry: null })
  watch()
  history.pushState(null, '', '/a')
  expect(views).toEqual(['/start', '/a'])
})

describe('a patched history', () => {
  beforeEach(() => void delete (window as WindowWithNavigation).navigation)

  test('going back is a view', () => {
    watch()
    history.pushState(null, '', '/a')
    pushState.call(history, null, '', '/start') // the address changes as the browser changes it, without our patch
    window.dispatchEvent(new PopStateEvent('popstate'))
    expect(views).toEqual(['/start', '/a', '/start'])
  })

  test('keeps its state and what others have patched', () => {
    const others: string[] = []
    history.pushState = function (this: History, ...args) {
      others.push(`${args[2]}`)
      pushState.apply(history, args)
    }
    watch()
    history.pushState({ x: 1 }, '', '/a')
    expect(others).toEqual(['/a'])
    expect(history.state).toEqual({ x: 1 })
  })
})
