/** States when requests may go after failures. */
import { createFakeClock, createFakeIds, createFakePorts, noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { createSyncStorage } from '../queue/sync-storage.ts'
import { createPace, type Pace, parseRetryAfter } from './pace.ts'

function setUp(chance = 0.5, syncStorage = createSyncStorage()) {
  const clock = createFakeClock()
  const ids = { ...createFakeIds(), random: () => chance }
  const pace = createPace(createFakePorts({ clock, syncStorage, ids }))
  /** Fails, waits as long as required, and returns how long that was. */
  const failAndWait = async () => {
    pace.failed()
    const ms = Math.ceil(pace.openAt() - clock.now())
    await clock.advance(ms)
    return ms
  }
  return { clock, pace, failAndWait, syncStorage }
}

const repeat = async <T>(times: number, act: () => Promise<T>) => {
  const results: T[] = []
  while (results.length < times) results.push(await act())
  return results
}

describe('after failures', () => {
  test('waits are 1 s, 2 s, and 3.6 s for about a minute, then they double up to 5 minutes', async () => {
    const { failAndWait } = setUp()
    const seconds = (await repeat(25, failAndWait)).map((ms) => ms / 1000)
    expect(seconds.slice(0, 17)).toEqual([1, 2, ...Array(15).fill(3.6)])
    expect(seconds.slice(17)).toEqual([7.2, 14.4, 28.8, 57.6, 115.2, 230.4, 300, 300])
  })

  test('an outage of 8 s causes at most four requests, whatever the random numbers', async () => {
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
  ])(
    'waits vary by 20 %% in both directions: random number %s turns 1 s into %s ms',
    async (chance, expected) => {
      expect(await setUp(chance).failAndWait()).toBe(expected)
    },
  )

  test('hurry ends the wait, but the next failure still waits longer', async () => {
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
  test('is not ended by hurry', async () => {
    const { clock, pace } = setUp()
    pace.pause(6_000)
    pace.hurry()
    await clock.advance(5_999)
    expect(pace.isOpen()).toBe(false)
    await clock.advance(1)
    expect(pace.isOpen()).toBe(true)
  })

  test('lasts at most as long as a pause may be', async () => {
    const { clock, pace } = setUp()
    pace.pause(3_600_000)
    await clock.advance(3_599_999)
    expect(pace.isOpen()).toBe(false)
    await clock.advance(1)
    expect(pace.isOpen()).toBe(true)
  })

  test('blocks a request that cannot wait, which a back-off does not', () => {
    const { pace } = setUp()
    pace.failed()
    expect([pace.isOpen(), pace.isPaused()]).toEqual([false, false])
    pace.pause(6_000)
    expect(pace.isPaused()).toBe(true)
  })
})

describe('a hold', () => {
  test('lasts until a restart', () => {
    const { pace } = setUp()
    pace.hold(Infinity)
    pace.hurry()
    expect(pace.openAt()).toBe(Infinity)
    expect(pace.isPaused()).toBe(true)
    pace.restart()
    expect(pace.isOpen()).toBe(true)
  })

  test('is for this page only: nothing is stored', () => {
    const { pace, syncStorage } = setUp()
    pace.hold(300_000)
    expect(syncStorage.names()).toEqual([])
  })
})

describe('pages on one sync storage', () => {
  /** Two tabs of one browser, which share its clock. */
  function setUpTabs() {
    const ports = createFakePorts()
    return { ...ports, one: createPace(ports), two: createPace(ports) }
  }

  test.each<[string, (pace: Pace) => void]>([
    ['a pause', (pace) => pace.pause(6_000)],
    ['a back-off', (pace) => pace.failed()],
  ])('%s of one page applies to all of them, and to those that open later', (_, act) => {
    const { one, two, ...ports } = setUpTabs()
    act(one)
    expect([two.isOpen(), createPace(ports).isOpen()]).toEqual([false, false])
    expect(two.openAt()).toBe(one.openAt())
  })

  test('failures add up: the second page waits twice as long as the first', () => {
    const { one, two } = setUpTabs()
    one.failed()
    two.failed()
    expect(one.openAt()).toBe(noon + 2_000)
  })

  test.each<[string, (pace: Pace) => void]>([
    ['hurry of one ends the back-off of all', (pace) => pace.hurry()],
    ['success of one ends it too', (pace) => pace.restart()],
  ])('%s', (_, act) => {
    const { one, two } = setUpTabs()
    one.failed()
    act(two)
    expect(one.isOpen()).toBe(true)
  })

  test('a hold of one does not affect the others, and their success does not end it', () => {
    const { one, two } = setUpTabs()
    one.hold(300_000)
    expect(two.isOpen()).toBe(true)
    two.restart()
    expect(one.isOpen()).toBe(false)
  })

  test('a restart leaves nothing stored', () => {
    const { one, syncStorage } = setUpTabs()
    one.failed()
    one.pause(1_000)
    one.restart()
    expect(syncStorage.names()).toEqual([])
  })

  test('without a failure nothing is stored', () => {
    const { one, syncStorage } = setUpTabs()
    one.hurry()
    one.restart()
    expect(syncStorage.names()).toEqual([])
  })
})

describe('what is in sync storage is ignored when it', () => {
  test.each<[string, string]>([
    ['pauses longer than any pause', JSON.stringify({ pausedUntil: noon + 3_600_001 })],
    ['waits longer than any pause', JSON.stringify({ waitsUntil: noon + 365 * 86_400_000 })],
    ['is no JSON', '{"pausedUntil":17'],
    ['was not written by the SDK', '"soon"'],
    ['is null', 'null'],
    ['is a list', '[1,2]'],
    ['has text for times', '{"pausedUntil":"soon","waitsUntil":"later"}'],
    ['has nothing for times', '{"pausedUntil":null,"delayMs":null}'],
  ])('%s', (_, text) => {
    const { pace, syncStorage } = setUp()
    syncStorage.write('pace', text)
    expect(pace.isOpen()).toBe(true)
    pace.failed()
    expect(pace.openAt()).toBe(noon + 1_000)
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
