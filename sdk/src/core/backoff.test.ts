/** States when requests may go after failures. */
import { createFakeClock, createFakeIds, noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { createPace, parseRetryAfter } from './backoff.ts'

function setUp(chance = 0.5) {
  const clock = createFakeClock()
  const pace = createPace(clock, { ...createFakeIds(), random: () => chance })
  /** Fails, waits as long as asked, and answers how long that was. */
  const failAndWait = async () => {
    pace.failed()
    const ms = Math.ceil(pace.openAt() - clock.now())
    await clock.advance(ms)
    return ms
  }
  return { clock, pace, failAndWait }
}

const repeat = async <T>(times: number, act: () => Promise<T>) => {
  const results: T[] = []
  while (results.length < times) results.push(await act())
  return results
}

describe('after failures', () => {
  test('waits double from 1 s to 4 s in the first minute, then up to 5 minutes', async () => {
    const { failAndWait } = setUp()
    const seconds = (await repeat(25, failAndWait)).map((ms) => ms / 1000)
    expect(seconds.slice(0, 4)).toEqual([1, 2, 4, 4])
    expect(seconds.slice(16)).toEqual([4, 8, 16, 32, 64, 128, 256, 300, 300])
  })

  test('an outage of 8 s costs at most four requests, whatever chance says', async () => {
    for (const chance of [0, 0.5, 0.999]) {
      const { clock, failAndWait } = setUp(chance)
      let requests = 0
      while (clock.now() < noon + 8_000) {
        requests++
        await failAndWait()
      }
      expect(requests).toBeLessThanOrEqual(4)
    }
  })

  test.each([
    [0, 800],
    [0.5, 1000],
    [1, 1200],
  ])('waits are spread by 20 %% to both sides: chance %s makes 1 s to %s ms', async (chance, expected) => {
    expect(await setUp(chance).failAndWait()).toBe(expected)
  })

  test('hurry ends the wait, but the next failure waits longer all the same', async () => {
    const { pace, failAndWait } = setUp()
    pace.failed()
    pace.hurry()
    expect(pace.isOpen()).toBe(true)
    expect(await failAndWait()).toBe(2000)
  })

  test('after a restart the first wait is 1 s again', async () => {
    const { pace, failAndWait } = setUp()
    await repeat(5, failAndWait)
    pace.restart()
    expect(await failAndWait()).toBe(1000)
  })
})

describe('a pause', () => {
  test('holds although there is hurry, until it is over', async () => {
    const { clock, pace } = setUp()
    pace.pause(6_000)
    pace.hurry()
    await clock.advance(5_999)
    expect(pace.isOpen()).toBe(false)
    await clock.advance(1)
    expect(pace.isOpen()).toBe(true)
  })

  test('without end lasts until a restart', () => {
    const { pace } = setUp()
    pace.pause(Infinity)
    expect(pace.openAt()).toBe(Infinity)
    pace.restart()
    expect(pace.isOpen()).toBe(true)
  })
})

describe('Retry-After', () => {
  test.each([
    ['6', 6_000],
    ['0', 0],
    ['-3', 0],
    ['86400', 3_600_000],
    [new Date(noon + 90_000).toUTCString(), 90_000],
    [new Date(noon - 90_000).toUTCString(), 0],
    ['soon', 0],
    ['', 0],
    [null, 0],
  ])('%j asks for %s ms', (value, expected) => {
    expect(parseRetryAfter(value, noon)).toBe(expected)
  })
})
