/** Keeps a token to the events a minute that its website allows, within this process. */
import { Problem } from '@headwater/server/problem'
import type { Token } from '@headwater/server/token'
import { RateLimiterMemory } from 'rate-limiter-flexible'

/** Counts the events of a request; throws the Problem `rate_limited` when its token has sent too many in this minute. */
export type LimitRate = (token: Token, events: number) => Promise<void>

export function createLimitRate(): LimitRate {
  // The limit is the website's and may change: here everything is counted, and nothing refused.
  const counter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 60 })
  return async ({ id, settings: { eventsPerMinute } }, events) => {
    if (eventsPerMinute === null) return
    const { consumedPoints, msBeforeNext } = await counter.consume(id, events)
    // A batch that begins within the limit passes: one that is larger than the limit could never be sent.
    if (consumedPoints - events < eventsPerMinute) return
    await counter.reward(id, events)
    throw new Problem(
      'rate_limited',
      `This token may send ${eventsPerMinute} events a minute. Send these again later, or change it with \`headwater website settings\`.`,
      { retryAfterS: Math.ceil(msBeforeNext / 1000) },
    )
  }
}
