import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { answer, answerJson, answerProblem } from './answer.ts'
import type { AppEnv } from './app-env.ts'
import { identifyRequest } from './identify-request.ts'
import { Problem, unavailable } from './problem.ts'

function createApp(isReady = true) {
  const app = new Hono<AppEnv>()
  app.use(identifyRequest({ now: () => 0, isReady: () => isReady }))
  app.use('/v1/*', (c, next) => {
    c.set('commonHeaders', { 'access-control-allow-origin': '*' })
    return next()
  })
  app.get('/v1/json', (c) => answerJson(c, { ok: true }, { status: 201, headers: { etag: '"1"' } }))
  app.get('/none', (c) => answer(c, null, { status: 204 }))
  app.get('/fails', (c) => answerProblem(c, unavailable('The database did not answer.')))
  app.get('/wrong', (c) => answerProblem(c, new Problem('invalid_json', 'The body is not JSON.')))
  return app
}

describe('an answer', () => {
  it('has its own headers, those of its part of the API, and the id of the request', async () => {
    const { status, headers } = await createApp().request('/v1/json')
    expect(status).toBe(201)
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'application/json',
      etag: '"1"',
      'access-control-allow-origin': '*',
      'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
    })
  })

  it('without a body has no type', async () => {
    const { headers } = await createApp().request('/none')
    expect(headers.has('content-type')).toBe(false)
    expect(headers.has('access-control-allow-origin')).toBe(false)
  })

  it('closes its connection while the collector drains', async () => {
    const draining = await createApp(false).request('/v1/json')
    expect(draining.headers.get('connection')).toBe('close')
    expect((await createApp().request('/v1/json')).headers.has('connection')).toBe(false)
  })
})

describe('the answer to a failed request', () => {
  it('is an RFC 9457 document that pages may read and caches may not keep', async () => {
    const response = await createApp().request('/wrong')
    expect(response.status).toBe(400)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    })
    expect(await response.json()).toEqual({
      type: 'urn:headwater:problem:invalid_json',
      title: expect.any(String),
      status: 400,
      code: 'invalid_json',
      detail: 'The body is not JSON.',
      request_id: response.headers.get('x-request-id'),
    })
  })

  it('says when to try again, where waiting helps', async () => {
    const response = await createApp().request('/fails')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
    expect((await createApp().request('/wrong')).headers.has('retry-after')).toBe(false)
  })
})
