/** States which request of a page has an event. */
import { describe, expect, test } from 'vitest'
import { createInFlight } from './in-flight.ts'

const event = (key: string) => ({ key, json: '{}' })
const [a, b, c] = [event('a'), event('b'), event('c')]

test('an event is in flight from the departure of its request to its landing, not while the request is prepared', () => {
  const { prepare, isInFlight } = createInFlight()
  const flight = prepare([a, b])
  expect(isInFlight(a)).toBe(false)
  expect(flight.depart()).toBe(true)
  expect([a, b, c].map(isInFlight)).toEqual([true, true, false])
  flight.land()
  expect(isInFlight(a)).toBe(false)
})

test('events that are in flight or being prepared are counted', () => {
  const { prepare, count } = createInFlight()
  const flight = prepare([a, b])
  prepare([c]).depart()
  expect(count()).toBe(3)
  flight.land()
  expect(count()).toBe(1)
})

describe('a request that another one overtakes while it is prepared', () => {
  test('must not be sent, also when the other one has landed', () => {
    const { prepare } = createInFlight()
    const [slow, fast] = [prepare([a, b]), prepare([b])]
    expect(fast.depart()).toBe(true)
    expect(slow.depart()).toBe(false)
    fast.land()
    expect(slow.depart()).toBe(false)
  })

  test('and that lands takes nothing from the other one', () => {
    const { prepare, isInFlight } = createInFlight()
    const [slow, fast] = [prepare([a, b]), prepare([b])]
    fast.depart()
    slow.land()
    expect([a, b].map(isInFlight)).toEqual([false, true])
    expect(fast.has([b])).toBe(true)
  })
})

test('a request that sends a part of its events again keeps the rest', () => {
  const { prepare, isInFlight } = createInFlight()
  const whole = prepare([a, b, c])
  whole.depart()
  const half = prepare([a])
  half.depart()
  half.land()
  expect(isInFlight(a)).toBe(false)
  expect(whole.has([b, c])).toBe(true)
  expect(whole.has([a, b])).toBe(false)
})

test('forgotten events are in no request any more', () => {
  const { prepare, isInFlight, forget, count } = createInFlight()
  const flight = prepare([a])
  flight.depart()
  forget()
  expect(flight.has([a])).toBe(false)
  expect(isInFlight(a)).toBe(false)
  expect(count()).toBe(0)
  expect(prepare([a]).depart()).toBe(true)
})

test('a key may be any text, also the name of what every object has', () => {
  const { prepare, isInFlight } = createInFlight()
  const odd = ['constructor', '__proto__', 'toString'].map(event)
  expect(odd.map(isInFlight)).toEqual([false, false, false])
  prepare(odd).depart()
  expect(odd.map(isInFlight)).toEqual([true, true, true])
})
