/** `POST /v1/batch`: authenticates, reads, ingests, answers with a receipt. */
import { type ProblemCode, problems } from '@headwater/contract'
import { type Context, Hono } from 'hono'
import { isbot } from 'isbot'
import type { Caller } from '../ingest/event.ts'
import { readBatch } from '../ingest/read-batch.ts'
import { writeReceipt } from '../ingest/receipt.ts'
import { recordRefusal } from '../ingest/usage.ts'
import { Problem } from '../problems.ts'
import { checkToken } from '../tokens/find-token.ts'
import type { Token } from '../tokens/token.ts'
import type { AppDeps, AppEnv } from './app-env.ts'
import { readBody } from './body.ts'
import { clientAddress, isHttps, shortenAddress } from './client-address.ts'
import { type IdCookieRequest, idCookie } from './id-cookie.ts'

/** Rows of refusals under way; a flood of bad requests must not keep the database from good ones. */
const maxRefusalsUnderWay = 20

export function batchRoute(deps: AppDeps): Hono<AppEnv> {
  let refusalsUnderWay = 0
  const noteRefusal = async (caller: Caller, code: ProblemCode) => {
    if (refusalsUnderWay >= maxRefusalsUnderWay) return
    refusalsUnderWay += 1
    await recordRefusal(deps.db, caller, code).catch(deps.onError)
    refusalsUnderWay -= 1
  }
  return new Hono<AppEnv>().post('/v1/batch', async (c) => {
    const token = await deps.tokens.find(shownToken(c))
    const caller = describeCaller(c, token, deps)
    try {
      if (c.req.query('dry_run') !== undefined) {
        throw new Problem(
          'invalid_batch',
          'A dry run is not possible yet. Send without dry_run, and the events are stored.',
        )
      }
      const origin = c.req.header('origin')
      checkToken(token, { scope: 'events:write', origin, now: caller.receivedAt })
      const body = await readBody(c.req.raw)
      const stored = await deps.ingest.ingest(readBatch(body), caller, body.length)
      deps.onStored?.(stored)
      const cookie = idCookie(describeCookie(c, deps))
      if (cookie) c.header('set-cookie', cookie)
      return c.json(writeReceipt(stored, { isVerbose: c.req.query('verbose') === '1' }))
    } catch (error) {
      // As far as the database takes it; a 503 is the database's own failure.
      const isRefusal = error instanceof Problem && problems[error.code].status < 500
      if (isRefusal) noteRefusal(caller, error.code)
      throw error
    }
  })
}

/** The header wins; the query is for browsers, which could send a header only after a preflight. */
function shownToken(c: Context<AppEnv>): string | undefined {
  const [, bearer] = /^Bearer\s+(\S+)\s*$/i.exec(c.req.header('authorization') ?? '') ?? []
  if (bearer) return bearer
  const token = c.req.query('token')
  if (token?.startsWith('hw_sec_')) {
    throw new Problem(
      'secret_token_exposed',
      'A secret token came in the address, where logs keep it. Revoke it, and send its successor as `Authorization: Bearer <token>`.',
    )
  }
  return token
}

function describeCookie(c: Context<AppEnv>, { trustedProxyHops }: AppDeps): IdCookieRequest {
  return {
    domain: c.req.query('id_cookie'),
    isHttps: isHttps(c.req.url, c.req.header('x-forwarded-proto'), trustedProxyHops),
    cookie: c.req.header('cookie'),
    host: c.req.header('host'),
    origin: c.req.header('origin'),
    secFetchSite: c.req.header('sec-fetch-site'),
  }
}

function describeCaller(c: Context<AppEnv>, token: Token, deps: AppDeps): Caller {
  const socketAddress = c.env?.incoming?.socket?.remoteAddress // absent when a test calls the app without a server
  const address = clientAddress(socketAddress, c.req.header('x-forwarded-for'), deps.trustedProxyHops)
  const userAgent = c.req.header('user-agent')?.slice(0, 512) ?? null
  return {
    id: c.get('requestId'),
    token,
    receivedAt: deps.now(),
    ip: shortenAddress(address),
    userAgent,
    isBot: isbot(userAgent),
  }
}
