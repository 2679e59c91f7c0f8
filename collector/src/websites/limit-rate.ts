/** Limits each token to the events per minute that its website allows, within this process. */
import { Problem } from '@headwater/server/problem'
import type { Token } from '@headwater/server/token'
import { RateLimiterMemory } from 'rate-limiter-flexible'

/** Counts the events of a request; throws the Problem `rate_limited` if its token has sent too many in this minute. */
export type LimitRate = (token: Token, events: number) => Promise<void>

export function createLimitRate(): LimitRate {
  // The limit is a setting and may change, so this counter never refuses.
  const counter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 60 })
  return async ({ id, settings: { eventsPerMinute } }, events) => {
    if (eventsPerMinute === null) return
    const { consumedPoints, msBeforeNext } = await counter.consume(id, events)
    // A batch that begins within the limit passes; otherwise one larger than the limit could never be sent.
    if (consumedPoints - events < eventsPerMinute) return
    await counter.reward(id, events)
    throw new Problem(
      'rate_limited',
      `This token may send ${eventsPerMinute} events per minute. Send these again later, or change the limit with \`headwater website settings\`.`,
      { retryAfterS: Math.ceil(msBeforeNext / 1000) },
    )
  }
}
