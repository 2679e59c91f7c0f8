// @vitest-environment happy-dom
/** States which time counts as spent on a page, and when it is tracked. */
import { createRecordingClient, type RecordingClient } from '@headwater/testkit/recording-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { engagement } from './engagement.ts'

let client: RecordingClient
let undo = () => {}
let visibility: string
let hasFocus: boolean
let page: { scrollHeight: number; seenTo: number }

const define = (target: object, name: string, get: () => unknown) =>
  Object.defineProperty(target, name, { get, configurable: true })

beforeEach(() => {
  vi.useFakeTimers()
  visibility = 'visible'
  hasFocus = true
  page = { scrollHeight: 2000, seenTo: 500 }
  define(document, 'visibilityState', () => visibility)
  define(document.documentElement, 'scrollHeight', () => page.scrollHeight)
  define(window, 'innerHeight', () => 500)
  define(window, 'scrollY', () => page.seenTo - 500)
  document.hasFocus = () => hasFocus
  history.replaceState(null, '', '/a')
  client = createRecordingClient()
  undo = engagement(client)
})
afterEach(() => {
  undo()
  delete (window as { navigation?: unknown }).navigation
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const stay = (ms: number) => vi.advanceTimersByTime(ms)
const turn = (state: string) => {
  visibility = state
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
}
const focus = (has: boolean) => {
  hasFocus = has
  window.dispatchEvent(new Event(has ? 'focus' : 'blur'))
}
const leave = () => window.dispatchEvent(new Event('pagehide'))
const scrollTo = (bottom: number) => {
  page.seenTo = bottom
  document.dispatchEvent(new Event('scroll'))
}
const growTo = (height: number) => {
  page.scrollHeight = height
}
/** Time passes without timers: the computer sleeps, or the page is in the back/forward cache. */
const freeze = (ms: number) => {
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ms)
}
const times = () => client.tracked.map(([, props]) => props?.engaged_ms)

test('time counts until the page is hidden', () => {
  stay(12_345)
  turn('hidden')
  expect(client.tracked).toEqual([
    ['engagement', { engaged_ms: 12_345, scroll_percent: 25, page_path: '/a' }],
  ])
})

describe('time does not count', () => {
  test('while the page is hidden', () => {
    stay(2000)
    turn('hidden')
    stay(60_000)
    turn('visible')
    stay(3000)
    leave()
    expect(times()).toEqual([2000, 3000])
  })

  test('while something else has the focus', () => {
    stay(2000)
    focus(false)
    stay(60_000)
    focus(true)
    stay(1000)
    leave()
    expect(times()).toEqual([3000])
  })

  test('while the page is in the back/forward cache', () => {
    stay(2000)
    leave()
    freeze(60_000)
    window.dispatchEvent(new Event('pageshow'))
    stay(1500)
    leave()
    expect(times()).toEqual([2000, 1500])
  })

  test('while the computer sleeps, beyond ten seconds', () => {
    stay(5000)
    freeze(8 * 3_600_000)
    turn('hidden')
    expect(times()).toEqual([15_000])
  })
})

test('focus in a frame, for which there is no event, is noticed at the next tick', () => {
  hasFocus = false
  window.dispatchEvent(new Event('blur'))
  hasFocus = true
  stay(10_000)
  leave()
  expect(times()).toEqual([5000])
})

test('the two browser events of leaving a page cause one engagement event', () => {
  stay(2000)
  leave()
  turn('hidden')
  expect(times()).toEqual([2000])
})

test('less than a second counts towards the next event', () => {
  stay(900)
  turn('hidden')
  expect(times()).toEqual([])
  turn('visible')
  stay(200)
  turn('hidden')
  expect(times()).toEqual([1100])
})

describe('the scroll depth', () => {
  const percent = () => client.tracked[0]?.[1]?.scroll_percent

  test.each([
    ['is the most that was in view', () => [scrollTo(1500), scrollTo(700)], 75],
    ['is never more than 100', () => scrollTo(2300), 100],
    ['is 100 on a page that needs no scrolling', () => growTo(500), 100],
    ['is relative to the height of the page at that time', () => [scrollTo(1000), growTo(20_000)], 50],
  ])('%s', (_, act, expected) => {
    act()
    stay(1000)
    leave()
    expect(percent()).toBe(expected)
  })

  test('starts over on the next page of a single-page app', () => {
    scrollTo(2000)
    stay(5000)
    page.seenTo = 500
    history.pushState(null, '', '/b')
    stay(10_000)
    leave()
    expect(client.tracked.map(([, props]) => [props?.page_path, props?.scroll_percent])).toEqual([
      ['/a', 100],
      ['/b', 25],
    ])
  })
})

describe('when a single-page app navigates', () => {
  const paths = () => client.tracked.map(([, props]) => [props?.page_path, props?.engaged_ms])

  test('the Navigation API lets the event be tracked while the address is still that of its page', () => {
    undo()
    const navigation = Object.assign(new EventTarget())
    define(window, 'navigation', () => navigation)
    const addresses: string[] = []
    client.track = (...call: RecordingClient['tracked'][number]) => {
      addresses.push(location.pathname)
      client.tracked.push(call)
    }
    undo = engagement(client)
    const go = (path: string) => {
      const destination = { url: new URL(path, location.href).href }
      navigation.dispatchEvent(Object.assign(new Event('navigate'), { destination }))
      history.pushState(null, '', path)
      navigation.dispatchEvent(new Event('currententrychange'))
    }
    stay(3000)
    go('/b')
    stay(4000)
    go('/b#reviews')
    stay(1000)
    go('/c')
    expect(paths()).toEqual([
      ['/a', 3000],
      ['/b', 5000],
    ])
    expect(addresses).toEqual(['/a', '/b'])
  })

  test.each([
    ['the client records an event', () => client.emit('recorded', { event: {} })],
    ['the visitor went back', () => window.dispatchEvent(new PopStateEvent('popstate'))],
    ['a tick checks', () => stay(2000)],
  ])('without the Navigation API the event is tracked when %s', (_, notice) => {
    stay(3000)
    history.pushState(null, '', '/b')
    notice()
    expect(paths()[0]?.[0]).toBe('/a')
    stay(5000)
    leave()
    expect(paths().map(([path]) => path)).toEqual(['/a', '/b'])
  })

  test('less than a second is not added to the next page', () => {
    stay(900)
    history.pushState(null, '', '/b')
    window.dispatchEvent(new PopStateEvent('popstate'))
    stay(1100)
    leave()
    expect(paths()).toEqual([['/b', 1100]])
  })
})

test('after the undo nothing is tracked, and no timer or listener remains', () => {
  stay(3000)
  undo()
  leave()
  expect(client.tracked).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
  expect(client.listeners()).toBe(0)
})
