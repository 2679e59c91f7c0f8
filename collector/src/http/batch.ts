/** `POST /v1/batch`: authenticates, reads, ingests, returns a receipt. */

import { answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import type { Authenticate } from '@headwater/server/authenticate'
import { addressOf, isHttps, shortenAddress } from '@headwater/server/client-address'
import { Problem } from '@headwater/server/problem'
import { readBody } from '@headwater/server/read-body'
import { type Context, Hono } from 'hono'
import type { StoredBatch } from '../ingest/commit/commit.ts'
import type { Caller } from '../ingest/event.ts'
import type { Ingest } from '../ingest/ingest.ts'
import { writeReceipt } from '../ingest/receipt.ts'
import { type IdCookieRequest, idCookie } from './id-cookie.ts'
import { isBot } from './is-bot.ts'
import { noteRefusals, type RefusalDeps } from './note-refusals.ts'

export interface BatchDeps extends RefusalDeps {
  authenticate: Authenticate
  ingest: Ingest
  trustedProxyHops: number
  /** Called with every stored batch; the live view of development mode uses it. */
  onStored?(batch: StoredBatch): void
}

export function batchRoute(deps: BatchDeps): Hono<AppEnv> {
  const { authenticate, ingest, trustedProxyHops } = deps
  const app = new Hono<AppEnv>()
  return app.post('/v1/batch', noteRefusals(deps), authenticate('events:write'), async (c) => {
    if (c.req.query('dry_run') !== undefined) {
      throw new Problem('invalid_batch', 'dry_run is not supported yet. Remove it to store the events.')
    }
    const body = await readBody(c.req.raw)
    const stored = await ingest.ingest(body, describeCaller(c, trustedProxyHops))
    deps.onStored?.(stored)
    const cookie = idCookie(describeCookie(c, trustedProxyHops))
    const receipt = writeReceipt(stored, { isVerbose: c.req.query('verbose') === '1' })
    return answerJson(c, receipt, { headers: cookie ? { 'set-cookie': cookie } : {} })
  })
}

function describeCookie(c: Context<AppEnv>, trustedProxyHops: number): IdCookieRequest {
  return {
    domain: c.req.query('id_cookie'),
    isHttps: isHttps(c.req.url, c.req.header('x-forwarded-proto'), trustedProxyHops),
    cookie: c.req.header('cookie'),
    host: c.req.header('host'),
    origin: c.req.header('origin'),
    secFetchSite: c.req.header('sec-fetch-site'),
  }
}

function describeCaller(c: Context<AppEnv>, trustedProxyHops: number): Caller {
  const userAgent = c.req.header('user-agent')?.slice(0, 512) ?? null
  return {
    id: c.get('requestId'),
    token: c.get('token'),
    receivedAt: c.get('receivedAt'),
    ip: shortenAddress(addressOf(c, trustedProxyHops)),
    userAgent,
    isBot: isBot(userAgent ?? ''),
  }
}
