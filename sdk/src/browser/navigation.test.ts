// @vitest-environment happy-dom
/** States what counts as a page view. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pageIn, watchPages } from './navigation.ts'

type WindowWithNavigation = { navigation?: EventTarget & { currentEntry: unknown } }

const pushState = history.pushState
const replaceState = history.replaceState
let isOver = () => {}
let views: string[]
let titles: string[]

// Listeners stay on the window, so each test has an end of its own.
function watch(): () => void {
  let isWatching = true
  isOver = () => {
    isWatching = false
  }
  return watchPages((titled) => {
    if (!isWatching) return
    views.push(location.pathname + location.search + location.hash)
    const noteTitle = () => void titles.push(document.title)
    if (titled) titled.then(noteTitle)
    else noteTitle()
  })
}
/** A script of the page has ended. */
const scriptEnds = () => vi.advanceTimersByTimeAsync(0)
const rendered = () => vi.advanceTimersByTimeAsync(100)

beforeEach(() => {
  vi.useFakeTimers()
  history.pushState = pushState
  history.replaceState = replaceState
  history.replaceState(null, '', '/start')
  views = []
  titles = []
})
afterEach(() => {
  isOver()
  vi.useRealTimers()
})

/** A browser with the Navigation API reports every change of the address. */
function giveNavigationApi() {
  const navigation = Object.assign(new EventTarget(), { currentEntry: {} })
  ;(window as WindowWithNavigation).navigation = navigation
  const reporting = (change: typeof history.pushState, navigationType: string) =>
    function (this: History, ...args: Parameters<typeof history.pushState>) {
      change.apply(history, args)
      navigation.dispatchEvent(Object.assign(new Event('currententrychange'), { navigationType }))
    }
  history.pushState = reporting(pushState, 'push')
  history.replaceState = reporting(replaceState, 'replace')
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

  const push = (url?: string) => history.pushState({ x: 1 }, '', url)
  const replace = (url?: string) => history.replaceState({ x: 1 }, '', url)
  test.each<[string, () => void, string[]]>([
    ['push to another path', () => push('/a'), ['/a']],
    ['push to another query', () => push('?q=1'), ['/start?q=1']],
    ['replace to another path', () => replace('/b'), ['/b']],
    ['replace to the same address', () => replace('/start'), []],
    ['replace to another query, as a map does', () => replace('?map=1,2,3'), []],
    ['replace to a hash route', () => replace('?map=1#/cart'), ['/start?map=1#/cart']],
    ['a state without an address', () => push(), []],
    ['a place on the page', () => push('#reviews'), []],
    ['a route in the hash', () => push('#/cart'), ['/start#/cart']],
    ['a route in a hashbang', () => push('#!/cart'), ['/start#!/cart']],
    ['push, then replace to another query', () => [push('/a'), replace('/a?tab=1')], ['/a?tab=1']],
    ['push, then replace to another path', () => [push('/a'), replace('/login')], ['/login']],
    ['replace, then push', () => [replace('/a?from=start'), push('/b')], ['/b']],
    ['replace of the query, then push', () => [replace('?scroll=700'), push('/b')], ['/b']],
    ['a move that returns in the same script', () => [push('/a'), push('/start')], []],
  ])('%s: the views of one script', async (_, navigate, expected) => {
    watch()
    navigate()
    await scriptEnds()
    expect(views).toEqual(['/start', ...expected])
  })

  test('a map that writes its position into the query 200 times is one view', async () => {
    watch()
    for (let step = 0; step < 200; step++) {
      history.replaceState(null, '', `?map=${step}`)
      await scriptEnds()
    }
    expect(views).toEqual(['/start'])
    history.pushState(null, '', '/imprint')
    await scriptEnds()
    expect(views).toEqual(['/start', '/imprint'])
  })

  test('a move that is ended early is a view at once, and no second one later', async () => {
    const endMove = watch()
    endMove()
    history.pushState(null, '', '/a')
    endMove()
    expect(views).toEqual(['/start', '/a'])
    await scriptEnds()
    endMove()
    expect(views).toEqual(['/start', '/a'])
  })

  test('navigation by two scripts is two views', async () => {
    watch()
    for (const url of ['/a', '/b']) {
      history.pushState(null, '', url)
      await scriptEnds()
    }
    expect(views).toEqual(['/start', '/a', '/b'])
  })

  test('a page reached by history has its title 100 ms later, when it is rendered; a loaded page has it at once', async () => {
    document.title = 'Start'
    watch()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    history.pushState(null, '', '/a')
    setTimeout(() => {
      document.title = 'A' // as a framework does after rendering
    }, 99)
    expect(titles).toEqual(['Start', 'Start'])
    await rendered()
    expect(titles).toEqual(['Start', 'Start', 'A'])
  })

  test.each([
    [
      'a campaign that is removed from the address',
      '/start?UTM_source=a&gclid=X&gad_source=1&li_fat_id=Y&page=2',
      '/start?page=2',
    ],
    ['the root of a hash router', '/start', '/start#/'],
    ['the root of a hashbang router', '/start', '/start#!/'],
  ])('%s is no view', async (_, from, to) => {
    history.replaceState(null, '', from)
    watch()
    history.pushState(null, '', to)
    await scriptEnds()
    expect(views).toEqual([from])
  })

  test('the return from the back/forward cache is a view of the same page', () => {
    watch()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }))
    expect(views).toEqual(['/start', '/start'])
  })
})

test('a Navigation API that fires no events, as in a sandboxed frame, is not relied on', async () => {
  ;(window as WindowWithNavigation).navigation = Object.assign(new EventTarget(), { currentEntry: null })
  watch()
  history.pushState(null, '', '/a')
  await scriptEnds()
  expect(views).toEqual(['/start', '/a'])
})

describe('a patched history', () => {
  beforeEach(() => void delete (window as WindowWithNavigation).navigation)

  test('notices when the visitor goes back', async () => {
    watch()
    history.pushState(null, '', '/a')
    await scriptEnds()
    pushState.call(history, null, '', '/start') // the address changes as the browser changes it, without our patch
    window.dispatchEvent(new PopStateEvent('popstate'))
    await scriptEnds()
    expect(views).toEqual(['/start', '/a', '/start'])
  })

  test('keeps its state and the patches of others', () => {
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

test.each([
  ['/a', '/a?'],
  ['/a?b=1&b=2&c', '/a?b=1,b=2,c'],
  ['/a?utm_source=x&b=1', '/a?b=1'],
  ['/a#top', '/a?'],
  ['/a#/b', '/a?#/b'],
  ['/#/', '/?'],
])('the address %s is the page %s', (url, expected) => {
  expect(pageIn(new URL(url, 'https://shop.example'))).toBe(expected)
})
