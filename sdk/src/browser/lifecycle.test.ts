// @vitest-environment happy-dom
/** States when a page is left, resumed and shown. */
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
  set('visibilityState', 'visible')
  set('prerendering', undefined)
})
afterEach(() => undo())

test('a page that is shown is come to and resumed at once', () => {
  watch()
  expect(calls).toEqual(['arrive', 'resume'])
})

test('without arrive nobody looks for pages', () => {
  undo = createLifecycle().watch({ ...watcher, arrive: undefined })
  history.pushState(null, '', '/a')
  expect(calls).toEqual(['resume'])
})

describe('afterwards', () => {
  const turn = (state: string) => {
    set('visibilityState', state)
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }

  test.each([
    ['hidden is leaving', () => turn('hidden'), ['leave']],
    ['visible is resuming', () => turn('visible'), ['resume']],
    ['pagehide is leaving', () => window.dispatchEvent(new Event('pagehide')), ['leave']],
    ['online is resuming', () => window.dispatchEvent(new Event('online')), ['resume']],
  ])('%s', (_, act, expected) => {
    watch()
    calls = []
    act()
    expect(calls).toEqual(expected)
  })

  test('undo ends it', () => {
    watch()
    calls = []
    undo()
    turn('hidden')
    window.dispatchEvent(new Event('pagehide'))
    expect(calls).toEqual([])
  })
})

describe('beforeunload', () => {
  const unload = () => void window.dispatchEvent(new Event('beforeunload'))

  test('of a page that loads is leaving: a tab that is closed then sends nothing later', () => {
    set('readyState', 'interactive')
    watch()
    calls = []
    unload()
    expect(calls).toEqual(['leave'])
  })

  test('is listened to no longer than that', () => {
    set('readyState', 'interactive')
    watch()
    window.dispatchEvent(new Event('load'))
    calls = []
    unload()
    expect(calls).toEqual([])
  })

  test('of a page that has loaded is not listened to', () => {
    watch()
    calls = []
    unload()
    expect(calls).toEqual([])
  })

  test('is not listened to after undo', () => {
    set('readyState', 'interactive')
    watch()
    calls = []
    undo()
    unload()
    expect(calls).toEqual([])
  })
})

describe('a prerendered page', () => {
  test('is not come to, and cannot be left, before the visitor sees it', async () => {
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
