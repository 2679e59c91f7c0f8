import type { Problem } from '@headwater/contract'
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createNeighbours, emailHash, type Neighbours } from '../identity/erase/testing.ts'
import type { PersonView } from '../identity/people/show-person.ts'
import { operations } from '../operations.ts'
import { createTestCollector, event, type TestCollector } from '../testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  let people: Neighbours
  const tokens: Record<string, string> = {}

  beforeAll(async () => {
    collector = await createTestCollector(await open())
    const make = async (name: string, website: string, scopes: string[]) => {
      const input = { website, name, kind: 'secret', scopes }
      tokens[name] = (await operations['token.create'](collector, input)).token
    }
    const other = await operations['website.create'](collector, {
      name: 'Other',
      url: 'https://other.example',
    })
    await make('reader', collector.websiteId, ['customers:read'])
    await make('eraser', collector.websiteId, ['customers:erase'])
    await make('admin', collector.websiteId, ['admin'])
    await make('stranger', other.id, ['admin'])
    await make('reports', collector.websiteId, ['reports:read'])
  })
  beforeEach(async () => {
    await collector.clear()
    people = await createNeighbours(collector)
  })
  afterAll(() => collector.db.close())

  const call = (method: string, path: string, token = 'admin', body?: object) =>
    collector.app.request(`/v1/customers${path}`, {
      method,
      headers: { authorization: `Bearer ${tokens[token]}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
  const read = async <Answer>(path: string, token = 'reader') =>
    (await (await call('GET', path, token)).json()) as Answer // the route's own answer
  const problemOf = async (response: Response) => {
    const { status, code, detail } = (await response.json()) as Problem // a problem document
    return { status, code, detail }
  }

  describe('a customer', () => {
    it('is found by what the sender calls it, in clear', async () => {
      const names = [
        ['user_id', 'alice'],
        ['cookie', 'd2'],
        ['email', ' A@Example.com'],
        ['email_hash', emailHash('a@example.com')],
      ] as const
      for (const [type, value] of names)
        expect(await read(`?type=${type}&value=${encodeURIComponent(value)}`)).toMatchObject({
          customers: [{ customer_id: people.alice, until: null }],
        })
      expect(await read('?type=user_id&value=nobody')).toEqual({ customers: [] })
    })

    it('is shown as the person that it is part of', async () => {
      for (const id of people.aliceIds)
        expect(await read(`/${id}`)).toMatchObject({
          id: people.alice,
          customers: people.aliceIds.map((id) => ({ id, has_user_id: id === people.alice })),
          merges: [{ cause: 'sign_in', merged_by: null, undone_at: null }],
          counts: { events: 5, sessions: 2, conversions: 1 },
          conflicts: expect.arrayContaining([expect.objectContaining({ status: 'open' })]),
        })
    })

    it('has refunds and conversions that do not count apart from its conversions', async () => {
      const buy = { user_id: 'alice', name: 'buy', conversion: true, currency: 'EUR' }
      await collector.send([
        event({ ...buy, conversion_id: 'r', revenue_cents: 500 }),
        event({ ...buy, conversion_id: 'r', revenue_cents: -100 }),
        event({ ...buy, name: 'once', revenue_cents: 5 }),
      ])
      await collector.rows(`update conversions set counted = false where name = 'once'`)
      const { counts, timeline } = await read<PersonView>(`/${people.alice}`)
      expect(counts).toMatchObject({ conversions: 2, refunds: 1, uncounted_conversions: 1 })
      expect(timeline.events.filter(({ conversion }) => conversion?.is_refund)).toHaveLength(1)
    })

    it('has a timeline that is read page by page, without a gap and without an event twice', async () => {
      const names: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const { timeline }: PersonView = await read(
          `/${people.alice}?limit=2${cursor && `&cursor=${cursor}`}`,
        )
        names.push(...timeline.events.map(({ type, conversion }) => (conversion ? conversion.name : type)))
        cursor = timeline.cursor
      }
      expect(names).toEqual(['purchase', 'identify', 'page', 'identify', 'page'])
    })

    it.each([
      ['of another website', () => call('GET', `/${people.alice}`, 'stranger'), 404, 'not_found'],
      ['that never was', () => call('GET', '/999999'), 404, 'not_found'],
      ['that is no id', () => call('GET', '/alice'), 404, 'not_found'],
      ['with a wrong cursor', () => call('GET', `/${people.alice}?cursor=x`), 400, 'invalid_request'],
      ['with a wrong limit', () => call('GET', `/${people.alice}?limit=0`), 400, 'invalid_request'],
      ['without a value', () => call('GET', '?type=user_id'), 400, 'invalid_request'],
      [
        'to be erased, of another website',
        () => call('DELETE', `/${people.alice}`, 'stranger'),
        404,
        'not_found',
      ],
      [
        'to be exported, of another website',
        () => call('GET', `/${people.alice}/export`, 'stranger'),
        404,
        'not_found',
      ],
      [
        'to be merged, of another website',
        () => call('POST', `/${people.alice}/merge`, 'stranger', { into: people.bob }),
        404,
        'not_found',
      ],
      [
        'to be merged with nobody',
        () => call('POST', `/${people.alice}/merge`, 'admin', {}),
        400,
        'invalid_request',
      ],
      [
        'to be parted by a merge of others',
        () => call('POST', `/${people.alice}/unmerge`, 'admin', { merge: '999' }),
        404,
        'not_found',
      ],
    ])('%s is refused', async (_, act, status, code) => {
      expect(await problemOf(await act())).toMatchObject({ status, code })
    })
  })

  it.each([
    ['GET', () => '?type=cookie&value=d1', ['reader', 'admin']],
    ['GET', () => '/conflicts', ['reader', 'admin']],
    ['GET', () => `/${people.alice}`, ['reader', 'admin']],
    ['GET', () => `/${people.alice}/export`, ['reader', 'admin']],
    ['POST', () => `/${people.alice}/unmerge`, ['admin']],
    ['DELETE', () => `/${people.carol}`, ['eraser', 'admin']],
  ])('%s %s takes a token with the scope', async (method, path, allowed) => {
    for (const token of ['reports', 'reader', 'eraser', 'admin']) {
      const { status } = await call(method, path(), token, method === 'POST' ? {} : undefined)
      expect([token, status]).toEqual([token, allowed.includes(token) ? 200 : 403])
    }
  })

  it('a merge is done and undone, in the name of the token', async () => {
    const merge = { into: people.carol, reason: 'the same phone number', two_user_ids: 'unite' }
    const refused = await call('POST', `/${people.bob}/merge`, 'admin', { into: people.carol })
    expect(await problemOf(refused)).toMatchObject({ status: 400, code: 'invalid_request' })
    expect((await call('POST', `/${people.bob}/merge`, 'admin', merge)).status).toBe(200)
    const merged: PersonView = await read(`/${people.carol}`)
    expect(merged.customers.map(({ id }) => id)).toEqual(expect.arrayContaining([people.bob, people.carol]))
    expect(merged.merges).toMatchObject([
      { cause: 'manual', merged_by: expect.stringMatching(/^token \d+$/), reason: merge.reason },
    ])
    const undone = await call('POST', `/${people.bob}/unmerge`, 'admin', { merge: merged.merges[0]?.id })
    expect(await undone.json()).toMatchObject({ undone: [{ id: merged.merges[0]?.id }] })
    expect((await read<PersonView>(`/${people.carol}`)).customers).toHaveLength(1)
  })

  it.each<[string, object | undefined, string]>([
    ['merge', undefined, '`into` must be the id of a customer, as a text of digits. Got nothing.'],
    ['merge', {}, '`into` must be the id of a customer, as a text of digits. Got nothing.'],
    ['merge', { into: 57 }, '`into` must be the id of a customer, as a text of digits. Got 57.'],
    ['merge', { into: '57', why: 'x' }, '`why` is not known here. Use from, into, reason, two_user_ids.'],
    ['merge', { into: '57', two_user_ids: 'yes' }, '`two_user_ids` must be refuse or unite. Got "yes".'],
    ['unmerge', { merges: '7' }, '`merges` is not known here. Use merge, customer, from.'],
    ['unmerge', [], 'The body must be a JSON object. Got a list.'],
  ])('%s of %j says what was found and what to do', async (verb, body, detail) => {
    expect(await problemOf(await call('POST', `/${people.alice}/${verb}`, 'admin', body))).toEqual({
      status: 400,
      code: 'invalid_request',
      detail: expect.stringContaining(detail),
    })
  })

  it('an identity conflict is listed, and dismissed once', async () => {
    const { conflicts } = await read<{ conflicts: { id: string; kind: string }[] }>('/conflicts')
    const shared = conflicts.find(({ kind }) => kind === 'shared_email')
    expect(shared).toMatchObject({ person_id: people.bob, other_person_id: people.alice })
    expect(await (await call('POST', `/conflicts/${shared?.id}/dismiss`)).json()).toEqual({
      id: shared?.id,
      status: 'dismissed',
    })
    expect((await read<{ conflicts: unknown[] }>('/conflicts')).conflicts).toHaveLength(conflicts.length - 1)
    expect((await read<{ conflicts: unknown[] }>('/conflicts?status=dismissed')).conflicts).toHaveLength(1)
    expect((await call('POST', '/conflicts/999/dismiss')).status).toBe(404)
    expect((await call('POST', `/conflicts/${shared?.id}/dismiss`, 'stranger')).status).toBe(404)
  })

  it('erasing answers with the receipt, also when it is asked for again', async () => {
    const response = await call('DELETE', `/${people.alice}`, 'eraser')
    const receipt = await response.json()
    expect([response.status, receipt]).toMatchObject([
      200,
      {
        customer_id: people.alice,
        erased_by: expect.stringMatching(/^token \d+$/),
        rows: { events: 5, customers: 2 },
      },
    ])
    expect(await (await call('DELETE', `/${people.alice}`, 'eraser')).json()).toEqual(receipt)
    expect(await problemOf(await call('GET', `/${people.alice}`))).toMatchObject({ status: 404 })
  })

  it('an export streams as one JSON document', async () => {
    await collector.send([event({ user_id: 'alice', props: { text: 'ünïcode "quotes"' } })])
    const response = await call('GET', `/${people.alice}/export`, 'reader')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({
      format: 'headwater.person',
      version: 1,
      customer_id: people.alice,
      events: expect.arrayContaining([expect.objectContaining({ props: { text: 'ünïcode "quotes"' } })]),
    })
  })
})
