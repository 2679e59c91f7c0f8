/** States which time the browser's clock tells. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createClock } from './clock.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 20, 12) }))
afterEach(() => void vi.useRealTimers())

test('it begins with the time of the device, in whole milliseconds', () => {
  expect(createClock().now()).toBe(Date.UTC(2026, 10, 20, 12))
})

test('it goes on evenly when somebody sets the clock of the device', () => {
  const clock = createClock()
  const before = clock.now()
  vi.advanceTimersByTime(1_000)
  vi.setSystemTime(0)
  expect(clock.now() - before).toBe(1_000)
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
