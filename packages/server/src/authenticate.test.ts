import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { AppEnv } from './app-env.ts'
import { createAuthenticate } from './authenticate.ts'
import { Problem } from './problem.ts'
import type { Token } from './token.ts'
import type { WebsiteSettings } from './website-settings.ts'

const token: Token = {
  id: '7',
  websiteId: '1',
  kind: 'secret',
  scopes: ['reports:read'],
  expiresAt: null,
  revokedAt: null,
  websiteStatus: 'active',
  settings: {} as WebsiteSettings, // not read here
  rules: [],
}

/** Calls a route behind `authenticate(scope)`; the finder knows one token. */
async function call(scope: 'reports:read' | 'admin', path: string, headers: Record<string, string> = {}) {
  const asked: (string | undefined)[] = []
  const authenticate = createAuthenticate({
    async find(shown) {
      asked.push(shown)
      if (shown !== 'hw_sec_known') throw new Problem('invalid_token', 'The token is unknown.')
      return token
    },
  })
  let seen: Token | undefined
  const app = new Hono<AppEnv>()
    .use((c, next) => {
      c.set('receivedAt', 0)
      return next()
    })
    .get('/reports', authenticate(scope), (c) => c.text(`token ${c.get('token').id}`))
  app.onError((error, c) => {
    seen = c.get('token')
    return c.text((error as Problem).code, 400)
  })
  const response = await app.request(path, { headers })
  return { answer: await response.text(), asked, seen }
}

describe('a request', () => {
  it('passes with a token in its header, which then is in the context', async () => {
    const { answer } = await call('reports:read', '/reports', { authorization: 'Bearer hw_sec_known' })
    expect(answer).toBe('token 7')
  })

  it('may spell bearer as it likes', async () => {
    const { answer } = await call('reports:read', '/reports', { authorization: 'bearer  hw_sec_known ' })
    expect(answer).toBe('token 7')
  })

  it('with tokens in header and address is judged by the header', async () => {
    const { asked } = await call('reports:read', '/reports?token=hw_pub_other', {
      authorization: 'Bearer hw_sec_known',
    })
    expect(asked).toEqual(['hw_sec_known'])
  })

  it('may show a public token in its address', async () => {
    expect((await call('reports:read', '/reports?token=hw_pub_other')).asked).toEqual(['hw_pub_other'])
  })

  it('with a secret token in its address is refused without looking it up', async () => {
    const { answer, asked } = await call('reports:read', '/reports?token=hw_sec_known')
    expect({ answer, asked }).toEqual({ answer: 'secret_token_exposed', asked: [] })
  })

  it('without a token, or with another scheme, shows none', async () => {
    expect((await call('reports:read', '/reports')).asked).toEqual([undefined])
    expect((await call('reports:read', '/reports', { authorization: 'Basic YTpi' })).asked).toEqual([
      undefined,
    ])
  })

  it('that is refused has its token in the context, so that the refusal is counted', async () => {
    const { answer, seen } = await call('admin', '/reports', { authorization: 'Bearer hw_sec_known' })
    expect({ answer, id: seen?.id }).toEqual({ answer: 'scope_missing', id: '7' })
  })
})
