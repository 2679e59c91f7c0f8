/** `POST /v1/batch`: authenticates, reads, ingests, answers with a receipt. */
import { problems } from '@headwater/contract'
import { type Context, Hono } from 'hono'
import { isbot } from 'isbot'
import insertTokenUsages from '../../sql/insert_token_usages.sql?raw'
import { columns } from '../db/array-literal.ts'
import type { IngestRequest } from '../ingest/event.ts'
import { readBatch } from '../ingest/read-batch.ts'
import { writeReceipt, writeVerboseReceipt } from '../ingest/receipt.ts'
import { Problem } from '../problems.ts'
import { checkToken } from '../tokens/check-token.ts'
import type { Token } from '../tokens/token.ts'
import type { AppDeps, AppEnv } from './app-env.ts'
import { readBody } from './body.ts'
import { clientAddress, shortenAddress } from './client-address.ts'

export function batchRoute(deps: AppDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/v1/batch', async (c) => {
    const token = await deps.tokens.find(shownToken(c))
    const request = describeRequest(c, token, deps)
    try {
      if (c.req.query('dry_run') !== undefined) {
        throw new Problem(
          'invalid_batch',
          'A dry run is not possible yet. Send without dry_run, and the events are stored.',
        )
      }
      const origin = c.req.header('origin')
      checkToken(token, { scope: 'events:write', origin, now: request.receivedAt })
      const batch = readBatch(await readBody(c.req.raw))
      request.sentAt = batch.sent_at === undefined ? undefined : Date.parse(batch.sent_at)
      request.sdkVersion = batch.sdk ? `${batch.sdk.name}/${batch.sdk.version}` : null
      const stored = await deps.ingest.ingest(batch, request)
      deps.onStored?.(stored)
      return c.json(c.req.query('verbose') === '1' ? writeVerboseReceipt(stored) : writeReceipt(stored))
    } catch (error) {
      if (error instanceof Problem) recordRefusal(deps, request, error)
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

function describeRequest(c: Context<AppEnv>, token: Token, deps: AppDeps): IngestRequest {
  const socketAddress = c.env?.incoming?.socket?.remoteAddress // absent when a test calls the app without a server
  const address = clientAddress(socketAddress, c.req.header('x-forwarded-for'), deps.trustedProxyHops)
  const userAgent = c.req.header('user-agent')?.slice(0, 512) ?? null
  return {
    id: c.get('requestId'),
    token,
    receivedAt: deps.now(),
    sdkVersion: null,
    ip: shortenAddress(address),
    userAgent,
    isBot: isbot(userAgent),
  }
}

/** A refused request leaves its row too, as far as the database takes it; 503s are the database's own failure. */
function recordRefusal({ db, onError }: AppDeps, request: IngestRequest, problem: Problem): void {
  if (problems[problem.code].status >= 500) return
  const { token, receivedAt, ip, id } = request
  const at = new Date(receivedAt).toISOString()
  const row: (string | number | null)[] = [token.websiteId, token.id, at, ip, problem.code, id, 0, 0, 0, 0]
  db.query(insertTokenUsages, columns([row], ...row.map((value) => () => value))).catch(onError)
}
