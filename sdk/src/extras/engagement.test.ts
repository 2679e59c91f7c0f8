// @vitest-environment happy-dom
/** States which time counts as spent on a page, and when it is told. */
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
/** Time goes on while timers stand still: the computer sleeps, or the page waits in the back/forward cache. */
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

  test('while the page waits in the back/forward cache', () => {
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

test('the focus of a frame within is noticed at the next tick, where no event tells of it', () => {
  hasFocus = false
  window.dispatchEvent(new Event('blur'))
  hasFocus = true
  stay(10_000)
  leave()
  expect(times()).toEqual([5000])
})

test('both events of a page that is left make one event of ours', () => {
  stay(2000)
  leave()
  turn('hidden')
  expect(times()).toEqual([2000])
})

test('less than a second waits for the next time', () => {
  stay(900)
  turn('hidden')
  expect(times()).toEqual([])
  turn('visible')
  stay(200)
  turn('hidden')
  expect(times()).toEqual([1100])
})

describe('how far down', () => {
  const percent = () => client.tracked[0]?.[1]?.scroll_percent

  test.each([
    ['is how much was in view at most', () => [scrollTo(1500), scrollTo(700)], 75],
    ['is never more than all', () => scrollTo(2300), 100],
    ['is all of a page that needs no scrolling', () => growTo(500), 100],
    ['is by the page as it was then: it may grow', () => [scrollTo(1000), growTo(20_000)], 50],
  ])('%s', (_, act, expected) => {
    act()
    stay(1000)
    leave()
    expect(percent()).toBe(expected)
  })

  test('begins anew on the next page of a single-page app', () => {
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

describe('a single-page app that goes on', () => {
  const paths = () => client.tracked.map(([, props]) => [props?.page_path, props?.engaged_ms])

  test('with the Navigation API the event comes while the address is still that of its page', () => {
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
    ['the client says that it took an event', () => client.emit('recorded', { event: {} })],
    ['the visitor went back', () => window.dispatchEvent(new PopStateEvent('popstate'))],
    ['a tick looks', () => stay(2000)],
  ])('without it, it comes when %s', (_, notice) => {
    stay(3000)
    history.pushState(null, '', '/b')
    notice()
    expect(paths()[0]?.[0]).toBe('/a')
    stay(5000)
    leave()
    expect(paths().map(([path]) => path)).toEqual(['/a', '/b'])
  })

  test('what was less than a second does not go to the next page', () => {
    stay(900)
    history.pushState(null, '', '/b')
    window.dispatchEvent(new PopStateEvent('popstate'))
    stay(1100)
    leave()
    expect(paths()).toEqual([['/b', 1100]])
  })
})

test('after the undo nothing is tracked, and nothing ticks or listens', () => {
  stay(3000)
  undo()
  leave()
  expect(client.tracked).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
  expect(client.listeners()).toBe(0)
})
