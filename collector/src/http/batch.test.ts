import { gzipSync } from 'node:zlib'
import { limits, outcomeOf, type Problem } from '@headwater/contract'
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { operations } from '../operations.ts'
import { createTestCollector, event, type TestCollector } from '../testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(() => collector.db.query('truncate events, event_dedup_keys, rejected_events, token_usages'))
  afterAll(() => collector.db.close())

  const body = (...events: unknown[]) => JSON.stringify({ v: 1, events })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const bare = { authorization: '' }

  /** The problem document, after checking what all of them share: nothing stored, a request id, a message. */
  async function refusalOf(response: Response): Promise<Problem> {
    const problem = (await response.json()) as Problem
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(problem).toMatchObject({
      status: response.status,
      request_id: response.headers.get('x-request-id'),
    })
    expect(problem.detail.length).toBeGreaterThan(20)
    expect(await collector.count('events')).toBe(0)
    return problem
  }

  describe('authentication', () => {
    it('rejects a missing, malformed or unknown token with 401 invalid_token', async () => {
      const unknown = collector.publicToken.replace(/.$/, (last) => (last === 'z' ? 'y' : 'z'))
      for (const headers of [bare, bearer('hw_pub_x'), bearer(unknown), bearer("'; drop table events; --")]) {
        const response = await collector.post(body(event()), { headers })
        expect(response.status).toBe(401)
        expect(await refusalOf(response)).toMatchObject({ code: 'invalid_token' })
      }
    })

    it('rejects a revoked token with 401 within 10 seconds', async () => {
      const { website_id, token } = await makeToken('revoked')
      expect((await collector.post(body(event()), { headers: bearer(token) })).status).toBe(200)
      await operations['token.revoke'](collector, { website: website_id, token: 'revoked' })
      await collector.db.query('truncate events, event_dedup_keys')
      collector.clock.now += 10_000
      const response = await collector.post(body(event()), { headers: bearer(token) })
      expect(await refusalOf(response)).toMatchObject({ status: 401, code: 'token_revoked' })
    })

    it('rejects an expired token with 401 and the time of expiry', async () => {
      const { token } = await makeToken('expired', { expires: '2026-11-01T00:00:00Z' })
      const problem = await refusalOf(await collector.post(body(event()), { headers: bearer(token) }))
      expect(problem).toMatchObject({
        status: 401,
        code: 'token_expired',
        detail: expect.stringContaining('2026-11-01'),
      })
    })

    it('rejects a token without the scope with 403 and the name of the scope', async () => {
      const { token } = await makeToken('reader', { kind: 'secret', scopes: ['reports:read'] })
      const problem = await refusalOf(await collector.post(body(event()), { headers: bearer(token) }))
      expect(problem).toMatchObject({
        status: 403,
        code: 'scope_missing',
        detail: expect.stringContaining('events:write'),
      })
    })

    it('accepts a secret token from a server, but not from a browser or in an address', async () => {
      const headers = bearer(collector.secretToken)
      const fromBrowser = await collector.post(body(event()), {
        headers: { ...headers, origin: 'https://shop.example' },
      })
      expect(await refusalOf(fromBrowser)).toMatchObject({ status: 403, code: 'secret_token_exposed' })
      const inAddress = await collector.post(body(event()), {
        path: `/v1/batch?token=${collector.secretToken}`,
        headers: bare,
      })
      expect(await refusalOf(inAddress)).toMatchObject({ status: 403, code: 'secret_token_exposed' })
      expect((await collector.post(body(event()), { headers })).status).toBe(200)
    })

    it('rejects the token of an inactive website with 403', async () => {
      await collector.db.query(`update websites set status = 'paused'`)
      collector.clock.now += 10_000
      const problem = await refusalOf(await collector.post(body(event())))
      await collector.db.query(`update websites set status = 'active'`)
      collector.clock.now += 10_000
      expect(problem).toMatchObject({ status: 403, code: 'website_inactive' })
    })

    it('records a refused request in token_usages, with its code', async () => {
      await collector.post('{', {})
      await expect
        .poll(() => collector.rows('select success, error_code, received from token_usages'))
        .toContainEqual({ success: false, error_code: 'invalid_json', received: 0 })
    })
  })

  const makeToken = (name: string, more: object = {}) =>
    operations['token.create'](collector, { website: collector.websiteId, name, kind: 'public', ...more })

  describe('the body', () => {
    const events = (count: number) => Array.from({ length: count }, () => event())

    it.each([
      ['broken JSON', () => '{"v":1,', 400, 'invalid_json'],
      ['an array', () => '[]', 400, 'invalid_batch'],
      ['no events', () => '{"v":1}', 400, 'invalid_batch'],
      ['a wrong time', () => '{"v":1,"sent_at":"yesterday","events":[]}', 400, 'invalid_batch'],
      ['a future version', () => '{"v":2,"events":[]}', 400, 'unsupported_version'],
      ['too many events', () => body(...events(limits.eventsPerBatch + 1)), 413, 'too_large'],
      [
        'too many bytes',
        () => body(event({ props: { text: 'x'.repeat(limits.bodyBytes) } })),
        413,
        'too_large',
      ],
    ])('with %s is refused', async (_, make, status, code) => {
      const response = await collector.post(make())
      expect(response.status).toBe(status)
      expect(await refusalOf(response)).toMatchObject({ code })
      expect(outcomeOf(status)).toBe('split')
    })

    it('of another type or encoding is refused with 415', async () => {
      const xml = await collector.post('<x/>', { headers: { 'content-type': 'application/xml' } })
      expect(await refusalOf(xml)).toMatchObject({ status: 415, code: 'unsupported_media_type' })
      const brotli = await collector.post(body(event()), { headers: { 'content-encoding': 'br' } })
      expect(await refusalOf(brotli)).toMatchObject({ status: 415, code: 'unsupported_media_type' })
      expect(outcomeOf(415)).toBe('drop')
    })

    it('may be compressed, by header', async () => {
      const response = await collector.post(gzipSync(body(event())), {
        headers: { 'content-encoding': 'gzip' },
      })
      expect(await response.json()).toMatchObject({ accepted: 1 })
    })

    it('may be compressed by query, as text/plain with the token in the query: a request without preflight', async () => {
      const path = `/v1/batch?token=${collector.publicToken}&encoding=gzip`
      const response = await collector.post(gzipSync(body(event())), {
        path,
        headers: { ...bare, 'content-type': 'text/plain;charset=UTF-8' },
      })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(await response.json()).toMatchObject({ accepted: 1 })
    })

    it('is refused if it is not gzip as declared, or unpacks to too many bytes', async () => {
      const headers = { 'content-encoding': 'gzip' }
      expect(await refusalOf(await collector.post(body(event()), { headers }))).toMatchObject({
        status: 400,
        code: 'invalid_json',
      })
      const bomb = gzipSync(Buffer.alloc(limits.decompressedBytes + 1, 32))
      expect(await refusalOf(await collector.post(bomb, { headers }))).toMatchObject({
        status: 413,
        code: 'too_large',
      })
    })

    it('is refused, not stored, if a dry run is requested', async () => {
      const response = await collector.post(body(event()), { path: '/v1/batch?dry_run=1' })
      expect(await refusalOf(response)).toMatchObject({ status: 400, code: 'invalid_batch' })
    })

    it('may have no events, only drop counts', async () => {
      const response = await collector.post(JSON.stringify({ v: 1, dropped: { queue_full: 3 }, events: [] }))
      expect(await response.json()).toMatchObject({ accepted: 0, duplicate: 0, rejected: 0, results: [] })
    })

    it('may have fields that this version does not know', async () => {
      const response = await collector.post(
        JSON.stringify({ v: 1, later: true, events: [{ ...event(), later: { deep: 1 } }] }),
      )
      expect(await response.json()).toMatchObject({ accepted: 1 })
    })
  })

  describe('the response', () => {
    it('lists only events that were not simply accepted, or all on request', async () => {
      const batch = body(event({ idempotency_key: 'brief' }))
      expect(await (await collector.post(batch)).json()).toMatchObject({ accepted: 1, results: [] })
      const verbose = await collector.post(batch, { path: '/v1/batch?verbose=1' })
      expect(await verbose.json()).toMatchObject({
        duplicate: 1,
        results: [{ index: 0, idempotency_key: 'brief', status: 'duplicate' }],
      })
    })

    it('to a preflight allows any origin, without credentials, for at least 10 minutes', async () => {
      const response = await collector.app.request('/v1/batch', {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
      })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
      expect(Number(response.headers.get('access-control-max-age'))).toBeGreaterThanOrEqual(600)
    })

    it('lets pages read Retry-After and X-Request-Id, even if the request is refused', async () => {
      const response = await collector.post('{', { headers: { origin: 'https://shop.example' } })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-expose-headers')).toMatch(/Retry-After.*X-Request-Id/i)
      expect(response.headers.get('x-request-id')).toMatch(/.{8}/)
    })

    it('renews the id cookie on the page’s own origin, once the batch is stored', async () => {
      const path = '/v1/batch?id_cookie='
      const headers = { cookie: 'hw_id=1.a.b.1.2', host: 'shop.example', 'sec-fetch-site': 'same-origin' }
      const cookieOf = async (batch: string, more: object = {}) =>
        (await collector.post(batch, { path, headers: { ...headers, ...more } })).headers.get('set-cookie')
      expect(await cookieOf(body(event()))).toMatch(/^hw_id=1\.a\.b\.1\.2; .*SameSite=Lax$/)
      expect(await cookieOf(body(event()), { 'x-forwarded-proto': 'https' })).not.toContain('Secure') // no proxy is trusted
      expect(await cookieOf(body(event()), { 'sec-fetch-site': 'cross-site' })).toBeNull()
      expect(await cookieOf('{')).toBeNull()
    })

    it('is 503 with Retry-After while the token cannot be looked up', async () => {
      await collector.db.query('alter table ingestion_tokens rename to away')
      collector.clock.now += 10_000
      const response = await collector.post(body(event()))
      await collector.db.query('alter table away rename to ingestion_tokens')
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
    })

    it('is 503 with Retry-After while the database fails, and the same batch is accepted afterwards', async () => {
      await collector.db.query('alter table event_dedup_keys rename to away')
      const batch = body(event())
      const response = await collector.post(batch)
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
      expect(await response.json()).toMatchObject({ code: 'unavailable' })
      expect(outcomeOf(503)).toBe('retry')
      await collector.db.query('alter table away rename to event_dedup_keys')
      expect(await (await collector.post(batch)).json()).toMatchObject({ accepted: 1 })
    })
  })
})
