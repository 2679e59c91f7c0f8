/** Engagement: how long a page was looked at, and how far down. */

import { pageIn } from '../browser/navigation.ts'
import { type AnyClient, anyEvent } from './any-client.ts'
import { guarded, listen } from './guarded.ts'

/** No one reads in less than a second. Shorter times count towards the next event of the same page view. */
const shortestMs = 1000
/** Often enough to notice that the computer slept; hidden pages may tick late without harm. */
const tickMs = 5000
/** Timers of a visible page are late by less; after a longer gap the computer must have slept. */
const longestGapMs = 2 * tickMs

/**
 * Tracks events named `engagement`, and returns an undo function. Time counts while the page is visible and has the focus. An
 * event is tracked each time the visitor turns away (another tab, another app, another page, also within a single-page app),
 * so a page view may have several of them: add up their `engaged_ms`. Never under 1 000 ms, never throws into the page.
 *
 * - `engaged_ms`: whole ms since the last such event. While a computer sleeps, at most 10 000 are counted.
 * - `scroll_percent`: 0–100, how much of the page was in view at most since it was opened, from its top; 100 when it needs no
 *   scrolling. An app that scrolls inside an element counts as such a page.
 * - `page_path`: which page. The event's own address is the same, except in browsers without the Navigation API
 *   (Firefox before 147, Safari before 26.2), where a single-page app already shows the next one.
 *
 *     import { engagement } from '@headwater/sdk/engagement'
 *     engagement(hw)
 */
export function engagement(client: AnyClient<'track' | 'on'>): () => void {
  const ending = new AbortController()
  const { signal } = ending
  let page = pageIn(location)
  let path = location.pathname
  let scrollPercent = 0
  const stopwatch = createStopwatch()

  function measure(): void {
    const { scrollHeight } = document.documentElement
    const seen = scrollHeight > 0 ? (scrollY + innerHeight) / scrollHeight : 0
    scrollPercent = Math.max(scrollPercent, Math.min(100, Math.round(seen * 100)))
  }

  function report(): void {
    if (pageIn(location) === page) measure() // otherwise it would measure the next page
    const engaged_ms = stopwatch.take()
    if (engaged_ms > 0)
      anyEvent(client).track('engagement', { engaged_ms, scroll_percent: scrollPercent, page_path: path })
  }

  function look(): void {
    if (pageIn(location) === page) return
    report()
    stopwatch.forget()
    page = pageIn(location)
    path = location.pathname
    scrollPercent = 0
  }

  function lookAndMeasure(): void {
    look()
    measure()
  }

  function leave(): void {
    report()
    stopwatch.pause() // from the back/forward cache the page may return hours later
  }

  for (const type of ['focus', 'blur', 'pageshow'] as const) listen(type, signal, stopwatch.count)
  listen('visibilitychange', signal, () =>
    document.visibilityState === 'hidden' ? leave() : stopwatch.count(),
  )
  listen('pagehide', signal, leave)
  listen('scroll', signal, lookAndMeasure)
  watchMoves({ report, look, isHere: (url) => pageIn(url) === page }, signal)
  const unhear = client.on('recorded', guarded(look))
  const tick = guarded(() => {
    stopwatch.count()
    if (stopwatch.isRunning()) lookAndMeasure()
  })
  const timer = setInterval(tick, tickMs)
  return () => {
    ending.abort()
    unhear()
    clearInterval(timer)
  }
}

export default engagement

/** Runs while the page is visible and has the focus, which it checks at each `count`. */
function createStopwatch() {
  let engagedMs = 0
  let countedTo = 0
  let isRunning = false

  function count(): void {
    const now = performance.now()
    if (isRunning) engagedMs += Math.min(now - countedTo, longestGapMs)
    countedTo = now
    isRunning = document.visibilityState === 'visible' && document.hasFocus()
  }

  count()
  return {
    count,
    /** Whole ms since the last call; returns 0, and keeps the time, when it is less than a second. */
    take(): number {
      count()
      if (engagedMs < shortestMs) return 0
      const ms = Math.round(engagedMs)
      engagedMs = 0
      return ms
    },
    forget() {
      engagedMs = 0
    },
    /** Until the next count. */
    pause() {
      isRunning = false
    },
    isRunning: () => isRunning,
  }
}

interface Mover {
  report: () => void
  look: () => void
  isHere: (url: URL) => boolean
}

// `navigate` fires while the address is still that of the page being left.
function watchMoves({ report, look, isHere }: Mover, signal: AbortSignal): void {
  const { navigation } = window as { navigation?: EventTarget } // Firefox before 147 and Safari before 26.2 lack it
  const leaveFor = guarded((event: Event) => {
    const { destination } = event as Event & { destination: { url: string } }
    if (!isHere(new URL(destination.url))) report()
  })
  navigation?.addEventListener('navigate', leaveFor, { signal })
  navigation?.addEventListener('currententrychange', guarded(look), { signal })
  listen('popstate', signal, look)
}

// Without the Navigation API nothing reports pushState, but the client records a page view then.
