// @vitest-environment happy-dom
/** States when a page arrives, leaves, resumes and is shown. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLifecycle } from './lifecycle.ts'

let calls: string[] = []
let undo = () => {}
const watcher = {
  arrive: () => calls.push('arrive'),
  leave: () => calls.push('leave'),
  resume: () => calls.push('resume'),
}
const set = (property: string, value: unknown) =>
  Object.defineProperty(document, property, { value, configurable: true })
const watch = () => {
  undo = createLifecycle().watch(watcher)
}

beforeEach(() => {
  calls = []
  set('readyState', 'complete')
  set('hidden', false)
  set('prerendering', undefined)
})
afterEach(() => undo())

test('a page that is shown arrives and resumes at once', () => {
  watch()
  expect(calls).toEqual(['arrive', 'resume'])
})

test('without `arrive` navigation is not watched', async () => {
  undo = createLifecycle().watch({ ...watcher, arrive: undefined })
  history.pushState(null, '', '/a')
  await Promise.resolve()
  expect(calls).toEqual(['resume'])
})

describe('on a shown page', () => {
  const turn = (state: string) => {
    set('hidden', state === 'hidden')
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }

  test.each([
    ['hidden makes it leave', () => turn('hidden'), ['leave']],
    ['visible makes it resume', () => turn('visible'), ['resume']],
    ['pagehide makes it leave', () => window.dispatchEvent(new Event('pagehide')), ['leave']],
    ['online makes it resume', () => window.dispatchEvent(new Event('online')), ['resume']],
  ])('%s', (_, act, expected) => {
    watch()
    calls = []
    act()
    expect(calls).toEqual(expected)
  })

  test('another address is an arrival', async () => {
    watch()
    calls = []
    history.pushState(null, '', '/lifecycle')
    await Promise.resolve()
    expect(calls).toEqual(['arrive'])
  })

  test('whoever asks for the place during a move arrives there first', () => {
    const { watch, place } = createLifecycle()
    undo = watch(watcher)
    calls = []
    history.pushState(null, '', '/lifecycle/place')
    expect(place().url).toMatch('/lifecycle/place')
    expect(calls).toEqual(['arrive'])
  })

  test('undo ends it', async () => {
    watch()
    calls = []
    undo()
    turn('hidden')
    window.dispatchEvent(new Event('pagehide'))
    window.dispatchEvent(new Event('online'))
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    history.pushState(null, '', '/after')
    await Promise.resolve()
    expect(calls).toEqual([])
  })
})

describe('beforeunload', () => {
  const unload = () => void window.dispatchEvent(new Event('beforeunload'))

  test('makes a loading page leave, because a tab closed then sends nothing at pagehide', () => {
    set('readyState', 'interactive')
    watch()
    calls = []
    unload()
    expect(calls).toEqual(['leave'])
  })

  test('has no effect once the page has loaded', () => {
    set('readyState', 'interactive')
    watch()
    window.dispatchEvent(new Event('load'))
    calls = []
    unload()
    expect(calls).toEqual([])
  })

  test('has no effect on a page that was loaded before', () => {
    watch()
    calls = []
    unload()
    expect(calls).toEqual([])
  })

  test('has no effect after undo', () => {
    set('readyState', 'interactive')
    watch()
    calls = []
    undo()
    unload()
    expect(calls).toEqual([])
  })
})

describe('a prerendered page', () => {
  test('neither arrives nor leaves before the visitor sees it', async () => {
    set('prerendering', true)
    let isShown = false
    const lifecycle = createLifecycle()
    lifecycle.shown.then(() => {
      isShown = true
    })
    undo = lifecycle.watch(watcher)
    window.dispatchEvent(new Event('pagehide'))
    await Promise.resolve()
    expect([calls, isShown]).toEqual([[], false])

    set('prerendering', false)
    document.dispatchEvent(new Event('prerenderingchange'))
    await Promise.resolve()
    expect([calls, isShown]).toEqual([['arrive', 'resume'], true])
  })
})
