/** States when the timer of the flush loop rings. */
import { createFakeClock } from '@headwater/testkit/fake-ports'
import { expect, test } from 'vitest'
import { createAlarm } from './alarm.ts'

function setUp() {
  const clock = createFakeClock()
  const rung: number[] = []
  const startedAt = clock.now()
  const alarm = createAlarm(clock, () => rung.push(clock.now() - startedAt))
  const setIn = (ms: number) => alarm.set(clock.now() + ms)
  return { clock, rung, setIn, alarm }
}

test('an alarm rings once, at the earliest of the times it was set to', async () => {
  const { clock, rung, setIn } = setUp()
  for (const ms of [300, 100, 200]) setIn(ms)
  await clock.advance(1_000)
  expect(rung).toEqual([100])
  expect(clock.timers()).toBe(0)
})

test('an alarm can be set again after it has rung', async () => {
  const { clock, rung, setIn } = setUp()
  setIn(100)
  await clock.advance(100)
  setIn(500)
  await clock.advance(500)
  expect(rung).toEqual([100, 600])
})

test('a time in the past rings at once, and an infinite one never', async () => {
  const { clock, rung, setIn } = setUp()
  setIn(Infinity)
  await clock.advance(1_000)
  expect(rung).toEqual([])
  setIn(-5)
  await clock.advance(0)
  expect(rung).toEqual([1_000])
})

test('a stopped alarm never rings, whatever it is set to', async () => {
  const { clock, rung, setIn, alarm } = setUp()
  setIn(100)
  alarm.stop()
  setIn(50)
  await clock.advance(1_000)
  expect(rung).toEqual([])
  expect(clock.timers()).toBe(0)
})
