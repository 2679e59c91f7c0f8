/** States what time the clock of a client shows. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClock } from './clock.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 20, 12) }))
afterEach(() => void vi.useRealTimers())

test('it starts with the time of the device, in whole milliseconds', () => {
  expect(createClock().now()).toBe(Date.UTC(2026, 10, 20, 12))
})

test('it continues evenly when the clock of the device is set', () => {
  const clock = createClock()
  const before = clock.now()
  vi.advanceTimersByTime(1_000)
  vi.setSystemTime(0)
  expect(clock.now() - before).toBe(1_000)
})

describe('when the time of the device and its steady clock drift apart', () => {
  const noon = Date.UTC(2026, 10, 20, 12)
  /** The time of the device changes; the steady clock does not. */
  const leap = (ms: number) => void vi.setSystemTime(Date.now() + ms)

  test.each([
    ['by up to a second, it continues evenly', 1_000, 0],
    ['backwards, it continues evenly', -1_000, 0],
    ['an hour backwards, it continues evenly', -3_600_000, 0],
    ['by more than a second ahead, as after sleep, it follows', 1_001, 1_001],
    ['overnight, it follows', 8 * 3_600_000, 8 * 3_600_000],
  ])('%s', (_, leapMs, expected) => {
    const clock = createClock()
    leap(leapMs)
    expect(clock.now() - noon).toBe(expected)
  })

  test('twice, it follows twice, and continues evenly between', () => {
    const clock = createClock()
    leap(60_000)
    vi.advanceTimersByTime(500)
    leap(60_000)
    expect(clock.now() - noon).toBe(120_500)
  })

  test('it never goes back, however the device is set', () => {
    const clock = createClock()
    const times: number[] = []
    for (const ms of [0, 5_000, -9_000, 4_000, -20_000, 30_000, 1]) {
      leap(ms)
      times.push(clock.now())
    }
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })
})

describe('a page that has replaced what the clock reads', () => {
  afterEach(() => void vi.unstubAllGlobals())

  test.each<[string, unknown]>([
    ['is missing', undefined],
    ['returns a Date', () => new Date()],
    ['returns NaN', () => Number.NaN],
  ])('Date.now %s: the time is that of the device', (_, now) => {
    Object.assign(Date, { now })
    const clock = createClock()
    expect([clock.now(), clock.openedAt]).toEqual([Date.UTC(2026, 10, 20, 12), Date.UTC(2026, 10, 20, 12)])
  })

  test('a Date that stands still: the time advances', () => {
    vi.stubGlobal('Date', function frozen() {
      return { valueOf: () => 7 }
    })
    const clock = createClock()
    expect(clock.now()).toBe(7)
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1_000)
    expect(clock.now()).toBe(1_007)
    vi.restoreAllMocks()
  })

  test.each([undefined, {}])('performance is %j: the time is that of the device', (performance) => {
    vi.stubGlobal('performance', performance)
    expect(createClock().now()).toBe(Date.UTC(2026, 10, 20, 12))
  })
})

test('a task runs when its time has come, unless it was undone', () => {
  const ran: string[] = []
  const clock = createClock()
  clock.after(1_000, () => ran.push('kept'))
  clock.after(1_000, () => ran.push('undone'))()
  vi.advanceTimersByTime(999)
  expect(ran).toEqual([])
  vi.advanceTimersByTime(1)
  expect(ran).toEqual(['kept'])
})
