/** States which events of a page are in flight, and which request may go. */
import { describe, expect, test } from 'vitest'
import { createInFlight } from './in-flight.ts'

const event = (key: string) => ({ key, json: '{}' })
const [a, b, c] = [event('a'), event('b'), event('c')]

test('an event is in flight from the start of its request to its end, not while the request is prepared', () => {
  const { prepare, depart, land, has } = createInFlight()
  const request = [a, b]
  prepare(request)
  expect(has([a])).toBe(false)
  expect(depart(request)).toBe(true)
  expect([has([a]), has([b]), has([c])]).toEqual([true, true, false])
  expect([has([a, b]), has([a, c])]).toEqual([true, false])
  land(request)
  expect(has([a])).toBe(false)
})

test('events in flight are counted', () => {
  const { prepare, depart, land, count } = createInFlight()
  for (const request of [[a, b], [c]]) {
    prepare(request)
    depart(request)
  }
  expect(count()).toBe(3)
  land([c])
  expect(count()).toBe(2)
})

describe('a request that is prepared when another one is', () => {
  test('must not be sent, even when the other one has started or ended', () => {
    const { prepare, depart, land } = createInFlight()
    const [slow, fast] = [[a, b], [b]]
    prepare(slow)
    prepare(fast)
    expect(depart(fast)).toBe(true)
    expect(depart(slow)).toBe(false)
    land(fast)
    expect(depart(slow)).toBe(false)
  })
})

test('a request starts once', () => {
  const { prepare, depart } = createInFlight()
  const request = [a]
  prepare(request)
  expect([depart(request), depart(request)]).toEqual([true, false])
})

test('a request that sends some of the events again keeps the rest in flight', () => {
  const { prepare, depart, land, has } = createInFlight()
  const [whole, half] = [[a, b, c], [a]]
  for (const request of [whole, half]) {
    prepare(request)
    depart(request)
  }
  land(half)
  expect([has([a]), has([b, c])]).toEqual([false, true])
})

test('forgotten events are not in flight, and their request must not be sent', () => {
  const { prepare, depart, has, forget, count } = createInFlight()
  const [flying, prepared] = [[a], [b]]
  prepare(flying)
  depart(flying)
  prepare(prepared)
  forget()
  expect(has([a])).toBe(false)
  expect(count()).toBe(0)
  expect(depart(prepared)).toBe(false)
})
