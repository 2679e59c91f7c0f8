/** How many events a token may send per minute. */
import type { Problem } from '@headwater/server/problem'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLimitRate } from './limit-rate.ts'
import { testToken } from './testing.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const limited = (id: string, eventsPerMinute: number | null = 100) =>
  testToken({ id, settings: { eventsPerMinute } })

it('a token may send as many as its website allows, and more a minute later', async () => {
  const limitRate = createLimitRate()
  await limitRate(limited('a'), 60)
  await limitRate(limited('a'), 60) // begins within the limit
  vi.advanceTimersByTime(20_000)
  const refusal = (await limitRate(limited('a'), 1).catch((error: unknown) => error)) as Problem
  expect([refusal.code, refusal.retryAfterS]).toEqual(['rate_limited', 40])
  expect(refusal.message).toContain('100 events per minute')
  vi.advanceTimersByTime(40_000)
  await limitRate(limited('a'), 60)
})

it('a batch that is larger than the limit can be sent', async () => {
  await createLimitRate()(limited('a', 10), 500)
})

it('refused events do not count', async () => {
  const limitRate = createLimitRate()
  await limitRate(limited('a', 10), 10)
  for (let i = 0; i < 5; i++) await expect(limitRate(limited('a', 10), 100)).rejects.toThrow()
  await limitRate(limited('a', 11), 1)
})

it('each token has its own limit, or none', async () => {
  const limitRate = createLimitRate()
  await limitRate(limited('a', 1), 1)
  await limitRate(limited('b', 1), 1)
  for (let i = 0; i < 5; i++) await limitRate(limited('c', null), 1_000_000)
})
