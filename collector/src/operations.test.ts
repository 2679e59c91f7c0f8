import { onBothDatabases } from '@headwater/db/testing'
import type { AppEnv } from '@headwater/server/app-env'
import { identifyRequest } from '@headwater/server/identify-request'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operationsRoute } from './http/operations.ts'
import { operations } from './operations.ts'
import { createTestCollector, type TestCollector } from './testing.ts'
import { readToken } from './websites/token-text.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  afterAll(() => collector.db.close())

  const make = (input: object) =>
    operations['token.create'](collector, { website: collector.websiteId, kind: 'public', ...input })

  describe('a token', () => {
    it('is shown once; it cannot be derived from what is stored', async () => {
      const { token } = await make({ name: 'shown' })
      expect(readToken(token)).toMatchObject({ kind: 'public', prefix: expect.stringMatching(/^.{12}$/) })
      expect(token).toMatch(/^hw_pub_[0-9a-z]{8}_[0-9a-z]{26}$/)
      const listed = await operations['token.list'](collector, { website: collector.websiteId })
      expect(JSON.stringify(listed)).not.toContain(token)
    })

    it('can be revoked by id, name or prefix, once', async () => {
      for (const by of ['id', 'name', 'token_prefix'] as const) {
        const made = await make({ name: `revoke by ${by}` })
        const revoke = () =>
          operations['token.revoke'](collector, { website: collector.websiteId, token: made[by] })
        expect((await revoke()).revoked_at).not.toBeNull()
        await expect(revoke()).rejects.toThrow('has no active token')
      }
    })

    it('is found by its id before another with that id as its name', async () => {
      const first = await make({ name: 'first' })
      const second = await make({ name: first.id })
      const revoked = await operations['token.revoke'](collector, {
        website: collector.websiteId,
        token: first.id,
      })
      expect(revoked.name).toBe('first')
      const listed = await operations['token.list'](collector, { website: collector.websiteId })
      expect(listed.find(({ id }) => id === second.id)?.revoked_at).toBeNull()
    })

    it.each([
      ['for an unknown website', { website: '999', name: 'x' }, 'There is no website 999'],
      ['for a website that is not an id', { website: 'shop', name: 'x' }, '`website` must be the id'],
      ['without a name', { name: '' }, '`name` must not be empty'],
      [
        'that is public and may read reports',
        { name: 'x', scopes: ['reports:read'] },
        'only have the scope events:write',
      ],
      ['with an unknown scope', { name: 'x', scopes: ['all'] }, 'must be one of events:write'],
      ['with an invalid expiry', { name: 'x', expires: 'soon' }, '`expires` must be a time'],
      ['of another kind', { name: 'x', kind: 'private' }, '`kind` must be public'],
      ['with a name that is taken', { name: 'public' }, 'already has a token named public'],
    ])('%s is refused, with what to do', async (_, input, message) => {
      await expect(make(input)).rejects.toThrow(message)
    })
  })

  it('a website needs an address', async () => {
    const create = operations['website.create'](collector, { name: 'x', url: 'shop.example' })
    await expect(create).rejects.toThrow('`url` must be an http(s) address')
  })

  it('operations over HTTP require the secret of the lock file', async () => {
    const routes = new Hono<AppEnv>()
      .use(identifyRequest({ now: () => 0, isReady: () => true }))
      .route('/', operationsRoute(collector, 'the secret'))
    const post = (name: string, secret: string, input: object = {}) =>
      routes.request(`/operations/${name}`, {
        method: 'POST',
        body: JSON.stringify(input),
        headers: { authorization: `Bearer ${secret}` },
      })
    expect(await (await post('website.list', 'the secret')).json()).toMatchObject({
      result: [{ name: 'Shop' }],
    })
    expect((await post('website.list', 'a guess')).status).toBe(404)
    expect((await post('constructor', 'the secret')).status).toBe(404)
    expect(await (await post('website.create', 'the secret', { name: '' })).json()).toMatchObject({
      error: expect.stringContaining('`url`'),
    })
  })
})
