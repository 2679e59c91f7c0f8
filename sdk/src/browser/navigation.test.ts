// @vitest-environment happy-dom
/** States what counts as coming to a page. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchPages } from './navigation.ts'

type WindowWithNavigation = { navigation?: EventTarget }

const pushState = history.pushState
const replaceState = history.replaceState
let ending: AbortController
let views: string[]
let titles: string[]

const watch = () =>
  watchPages((titled) => {
    views.push(location.pathname + location.search + location.hash)
    const own = titles // a title that comes after its test belongs to no other
    const noteTitle = () => own.push(document.title)
    if (titled) titled.then(noteTitle)
    else noteTitle()
  }, ending.signal)

beforeEach(() => {
  history.pushState = pushState
  history.replaceState = replaceState
  history.replaceState(null, '', '/start')
  ending = new AbortController()
  views = []
  titles = []
})
afterEach(() => ending.abort())

/** A browser with the Navigation API tells of every change of the address by itself. */
function giveNavigationApi() {
  const navigation = new EventTarget()
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
  ])('%s', (_, navigate, expected) => {
    watch()
    navigate()
    expect(views).toEqual(expected)
  })

  test('a page that comes by history has its title one task after its address; others have it already', async () => {
    vi.useFakeTimers()
    document.title = 'Start'
    watch()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    history.pushState(null, '', '/a')
    document.title = 'A' // as a framework does when it has rendered
    expect(titles).toEqual(['Start', 'Start'])
    await vi.runAllTimersAsync()
    vi.useRealTimers()
    expect(titles).toEqual(['Start', 'Start', 'A'])
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
    history.pushState(null, '', '/a')
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    expect(views).toEqual(['/start'])
  })
})

describe('a patched history', () => {
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
