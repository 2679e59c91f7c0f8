/** Conversion rules by the command line and over HTTP. */
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { operations } from '../operations.ts'
import { createTestCollector, event, noon, type TestCollector } from '../testing.ts'
import { maxRules } from './rules.ts'
import { testRule } from './test-rule.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  let tokens: { admin: string; reader: string }

  beforeAll(async () => {
    collector = await createTestCollector(await open())
    const token = async (name: string, scopes: string[]) =>
      (
        await operations['token.create'](collector, {
          website: collector.websiteId,
          name,
          kind: 'secret',
          scopes,
        })
      ).token
    tokens = { admin: await token('admin', ['admin']), reader: await token('reader', ['reports:read']) }
  })
  beforeEach(async () => {
    await collector.clear()
    for (const table of ['conversion_rules', 'background_jobs']) await collector.rows(`delete from ${table}`)
    collector.clock.now += 10_000
  })
  afterAll(() => collector.db.close())

  const matcher = { field: 'name', op: 'is', value: 'buy' }
  const create = (fields: object) =>
    operations['rule.create'](collector, { website: collector.websiteId, matcher, ...fields })
  const list = () => operations['rule.list'](collector, { website: collector.websiteId })
  const change = (rule: string, fields: object) =>
    operations['rule.change'](collector, { website: collector.websiteId, rule, ...fields })
  const remove = (rule: string) =>
    operations['rule.delete'](collector, { website: collector.websiteId, rule })
  const order = async () => (await list()).map(({ name }) => name)

  it('a new rule has defaults, and its models their full text', async () => {
    expect(await create({ name: 'order', models: ['time_decay', 'linear'] })).toMatchObject({
      name: 'order',
      position: 1,
      matcher,
      value: null,
      counting: 'every',
      lookback_days: null,
      default_model: null,
      models: ['time_decay:half_life_days=7', 'linear'],
      status: 'active',
    })
  })

  it('a new or changed rule warns of a model that waits for an event which never happened', async () => {
    const { id, warnings } = await create({ name: 'order', models: ['u_shaped_lead:lead_event=nope'] })
    expect(warnings).toEqual([expect.stringContaining('waits for the event "nope"')])
    expect((await change(id, { models: ['first'] })).warnings).toEqual([])
  })

  it('a rule moves to any place, and the others keep their order', async () => {
    for (const name of ['a', 'b', 'c']) await create({ name })
    await create({ name: 'd', position: 2 })
    expect(await order()).toEqual(['a', 'd', 'b', 'c'])
    await change('c', { position: 1 })
    expect(await order()).toEqual(['c', 'a', 'd', 'b'])
    await change('c', { position: 99 })
    expect(await order()).toEqual(['a', 'd', 'b', 'c'])
  })

  it('only what is given changes', async () => {
    const { id } = await create({ name: 'order', lookback_days: 7, value: { cents: 5, currency: 'EUR' } })
    const changed = await change(id, { counting: 'once_per_session', matcher: undefined })
    expect(changed).toMatchObject({
      matcher,
      lookback_days: 7,
      value: { cents: 5 },
      counting: 'once_per_session',
    })
    expect(await change('order', { value: null, lookback_days: null })).toMatchObject({
      value: null,
      lookback_days: null,
    })
  })

  it('changes of one rule at the same time all take effect', async () => {
    const { id } = await create({ name: 'order' })
    for (let days = 1; days <= 10; days++) {
      const counting = days % 2 === 0 ? 'every' : 'once_per_session'
      const value = { cents: days, currency: 'EUR' }
      await Promise.all([
        change(id, { lookback_days: days }),
        change(id, { counting }),
        change(id, { value }),
      ])
      expect(await list()).toMatchObject([{ lookback_days: days, counting, value }])
    }
  })

  it('only a paused rule without conversions can be deleted', async () => {
    const { id } = await create({ name: 'order' })
    await expect(remove(id)).rejects.toThrow('is active. Pause it first')
    await collector.send([event({ name: 'buy' })])
    await change(id, { status: 'paused' })
    await expect(remove(id)).rejects.toThrow('has conversions')
    await collector.rows('delete from conversions')
    await remove(id)
    expect(await list()).toEqual([])
  })

  it.each<[string, object, string]>([
    ['without a name', { name: ' ' }, '`name` must not be empty'],
    ['with half a character in its name', { name: 'a\ud800' }, '`name` must not contain'],
    [
      'with an unknown field',
      { name: 'x', matcher: { field: 'nope', op: 'is', value: 1 } },
      '`matcher` `field` must be a known field',
    ],
    [
      'with a prototype’s name as field',
      { name: 'x', matcher: { field: '__proto__', op: 'exists' } },
      'must be a known field',
    ],
    [
      'with a prototype’s name as operator',
      { name: 'x', matcher: { field: 'name', op: 'constructor' } },
      'must be an operator',
    ],
    ['without a matcher', { name: 'x', matcher: null }, '`matcher` must be a condition'],
    ['that is too deep', { name: 'x', matcher: nested(5_000) }, 'must stay within 10 levels'],
    [
      'that is too large',
      { name: 'x', matcher: { all: Array(100_000).fill(matcher) } },
      'must stay within 200 conditions',
    ],
    ['with an unknown value', { name: 'x', value: { total: 1 } }, '`value.total` is not known here'],
    ['with an unknown counting', { name: 'x', counting: 'twice' }, '`counting` must be one of'],
    ['with an unknown model', { name: 'x', models: ['best'] }, '`models` cannot be used. '],
    ['with no look-back', { name: 'x', lookback_days: 0 }, '`lookback_days` must be a whole number of days'],
    ['with an unknown setting', { name: 'x', colour: 'red' }, 'colour'],
    ['of an unknown website', { name: 'x', website: '999999' }, 'There is no website 999999'],
  ])('a rule %s is refused', async (_, fields, message) => {
    await expect(create(fields)).rejects.toThrow(message)
    expect(await list()).toEqual([])
  })

  it('two rules for one name, and more than there may be, are refused', async () => {
    await create({ name: 'order' })
    await expect(create({ name: 'order' })).rejects.toThrow('already has a rule for order')
    await collector.rows(
      `insert into conversion_rules (website_id, name, position, matcher)
       select ${collector.websiteId}, 'r' || i, 1 + i, '{"all":[]}' from generate_series(1, ${maxRules - 1}) i`,
    )
    await expect(create({ name: 'one more' })).rejects.toThrow(`has ${maxRules} rules`)
  })

  describe('a test of a rule', () => {
    const at = (minutes: number) => ({ occurred_at: new Date(noon - minutes * 60_000).toISOString() })
    const ask = (input: object, budget?: Parameters<typeof testRule>[2]) =>
      testRule(collector.db, { website: collector.websiteId, ...input }, budget)

    it('shows the latest 20 matches, what the rule would make of them and what they are', async () => {
      const { id } = await create({ name: 'order', value: { field: 'props.n', currency: 'JPY' } })
      await collector.send(
        Array.from({ length: 25 }, (_, n) => event({ name: 'buy', props: { n }, ...at(n) })),
      )
      await collector.send([event({ name: 'buy', conversion: true, ...at(-0.5) }), event({ name: 'look' })])
      const { matches, ...search } = await ask({ rule: id })
      expect(matches).toHaveLength(20)
      expect(matches[0]).toMatchObject({ name: 'buy', now: 'event', conversion: { value_cents: null } })
      expect(matches[1]).toMatchObject({
        occurred_at: new Date(noon).toISOString(),
        now: 'same_rule',
        conversion: { name: 'order', value_cents: 0, currency: 'JPY' },
      })
      expect(search).toMatchObject({ events_looked_at: 27, is_complete: true })
    })

    it('an event that says it is no conversion is shown as one that no rule can make one', async () => {
      const { id } = await create({ name: 'order' })
      await collector.send([event({ name: 'buy', conversion: false })])
      expect((await ask({ rule: id })).matches).toMatchObject([{ now: 'declined', conversion: null }])
      expect(await collector.count('conversions')).toBe(0)
    })

    it('takes a matcher that is not stored', async () => {
      await collector.send([event({ name: 'buy' })])
      expect((await ask({ matcher })).matches).toMatchObject([{ now: 'none' }])
      await expect(ask({})).rejects.toThrow('Name a rule, or pass the matcher')
      await expect(ask({ rule: 'nope' })).rejects.toThrow('has no conversion rule nope')
    })

    it('says how far back it looked when the time is up', async () => {
      await collector.send(Array.from({ length: 7 }, (_, n) => event({ name: 'look', ...at(n) })))
      let ms = 0
      const now = () => {
        ms += 10
        return ms
      }
      expect(await ask({ matcher }, { limitMs: 15, events: 2, now })).toEqual({
        matches: [],
        events_looked_at: 4,
        looked_back_to: new Date(noon - 3 * 60_000).toISOString(),
        is_complete: false,
        time_zone: 'UTC',
      })
    })

    it('of a website without events finds none', async () => {
      expect(await ask({ matcher })).toEqual({
        matches: [],
        events_looked_at: 0,
        looked_back_to: null,
        is_complete: true,
        time_zone: 'UTC',
      })
    })
  })

  describe('over HTTP', () => {
    const call = (
      method: string,
      path: string,
      { token = tokens.admin, body }: { token?: string; body?: unknown } = {},
    ) =>
      collector.app.request(path, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })

    it('a rule is created, read, changed and deleted', async () => {
      const created = await call('POST', '/v1/rules', { body: { name: 'order', matcher } })
      expect(created.status).toBe(201)
      const { id } = (await created.json()) as { id: string }
      expect(await (await call('GET', '/v1/rules')).json()).toMatchObject({ rules: [{ id, name: 'order' }] })
      expect(await (await call('GET', `/v1/rules/${id}`)).json()).toMatchObject({ id })
      const changed = await call('PATCH', `/v1/rules/${id}`, { body: { status: 'paused' } })
      expect(await changed.json()).toMatchObject({ id, status: 'paused' })
      expect((await call('DELETE', `/v1/rules/${id}`)).status).toBe(204)
      expect((await call('GET', `/v1/rules/${id}`)).status).toBe(404)
    })

    it('rules are tested and applied', async () => {
      await collector.send([event({ name: 'buy' })])
      const tested = await call('POST', '/v1/rules/test', { token: tokens.reader, body: { matcher } })
      expect(await tested.json()).toMatchObject({ matches: [{ name: 'buy' }] })
      const started = await call('POST', '/v1/rules/apply')
      expect(started.status).toBe(202)
      const { id } = (await started.json()) as { id: string }
      const progress = await call('GET', `/v1/jobs/${id}`, { token: tokens.reader })
      expect(await progress.json()).toMatchObject({ id, status: 'waiting', result: null })
      const preview = await call('POST', '/v1/rules/apply', { body: { dry_run: true } })
      expect(await preview.json()).toMatchObject({ kind: 'preview_rule' })
    })

    it.each<[string, string, unknown]>([
      ['POST', '/v1/rules', { name: 'x', matcher }],
      ['PATCH', '/v1/rules/1', { name: 'x' }],
      ['DELETE', '/v1/rules/1', undefined],
      ['POST', '/v1/rules/apply', {}],
    ])('%s %s needs a token of the scope admin', async (method, path, body) => {
      const answer = await call(method, path, { token: tokens.reader, body })
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'scope_missing' }])
    })

    it.each<[string, unknown, string, string]>([
      ['is no JSON', '{', 'invalid_json', 'cannot be read'],
      ['is a list', [], 'invalid_request', 'must be a JSON object'],
      [
        'has a wrong field',
        { name: 'x', matcher, lookback_days: 0 },
        'invalid_request',
        '`lookback_days` must be',
      ],
      [
        'names another website',
        { name: 'x', matcher: 1, website: '7' },
        'invalid_request',
        '`matcher` must be',
      ],
      ['nests too deeply', `{"matcher":${'['.repeat(200_000)}`, 'invalid_json', 'cannot be read'],
    ])('a body that %s is refused', async (_, body, code, detail) => {
      const answer = await call('POST', '/v1/rules', { body })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ code, detail: expect.stringContaining(detail) })
    })
  })
})

function nested(levels: number): object {
  let inner: object = { field: 'name', op: 'exists' }
  for (let i = 0; i < levels; i++) inner = { not: inner }
  return inner
}
