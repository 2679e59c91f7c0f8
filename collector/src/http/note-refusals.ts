/** Middleware that records refused requests with a known token in `token_usages`. */
import { problems } from '@headwater/contract'
import type { Db } from '@headwater/db/db'
import type { AppEnv } from '@headwater/server/app-env'
import { addressOf, shortenAddress } from '@headwater/server/client-address'
import { Problem } from '@headwater/server/problem'
import type { MiddlewareHandler } from 'hono'
import { recordRefusal } from '../ingest/store/usage.ts'

/** Inserts in flight: a flood of bad requests must not crowd out good ones. */
const maxInFlight = 20

export interface RefusalDeps {
  db: Db
  trustedProxyHops: number
  onError(error: unknown): void
}

/** Must run before `authenticate`. A 5xx is not recorded: the database itself may have failed. */
export function noteRefusals({ db, trustedProxyHops, onError }: RefusalDeps): MiddlewareHandler<AppEnv> {
  let inFlight = 0
  return async (c, next) => {
    await next()
    const [refusal, token] = [c.error, c.get('token') as AppEnv['Variables']['token'] | undefined] // undefined: unknown
    if (!(refusal instanceof Problem) || problems[refusal.code].status >= 500 || !token) return
    if (inFlight >= maxInFlight) return
    inFlight += 1
    const ip = shortenAddress(addressOf(c, trustedProxyHops))
    const request = { id: c.get('requestId'), receivedAt: c.get('receivedAt'), token, ip }
    recordRefusal(db, request, refusal.code)
      .catch(onError)
      .finally(() => {
        inFlight -= 1
      })
  }
}
