/** The settings of a website, from its row to their effects. */
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { operations } from '../operations.ts'
import { createTestCollector, event, session, type TestCollector } from '../testing.ts'
import { readSettings, settingsSchema } from './settings.ts'

it('the default model is always among those whose credit is stored', () => {
  expect(readSettings({ models: ['first'] }).models).toEqual(['first', 'last_non_direct'])
  expect(readSettings({ models: ['first', 'linear'], default_model: 'linear' }).models).toEqual([
    'first',
    'linear',
  ])
})

it('models are stored as texts with all of their parameters, and read as what they say', () => {
  const { default_model, models } = settingsSchema.parse({
    default_model: 'time_decay',
    models: ['linear', 'custom:last=60,first=30', 'linear'],
  })
  expect([default_model, models]).toEqual([
    'time_decay:half_life_days=7',
    ['linear', 'custom:first=30,middle=20,last=60', 'linear'],
  ])
  expect(readSettings({ default_model, models })).toMatchObject({
    defaultModel: { name: 'time_decay', parameters: { half_life_days: 7 } },
    models: [
      'linear',
      { name: 'custom', parameters: { first: 30, middle: 20, last: 60 } },
      { name: 'time_decay', parameters: { half_life_days: 7 } },
    ],
  })
})

it('a stored value that this version does not accept counts as not set, and the others still count', () => {
  const stored = {
    models: ['nope'],
    default_model: 'nope',
    time_zone: 'Nowhere/City',
    ignored_referrers: 'x',
    horizon_days: null,
    events_per_minute: 'x',
    lookback_days: 7,
    future: true,
  }
  expect(readSettings(stored)).toEqual({ ...readSettings(null), lookbackDays: 7 })
})

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  afterAll(() => collector.db.close())

  const change = async (settings: object) => {
    const website = collector.websiteId
    const changed = await operations['website.settings'](collector, { website, ...settings })
    collector.clock.now += 10_000 // tokens are cached with the settings of their website for 5 s
    return changed.settings
  }
  const daysAgo = (days: number) => new Date(collector.clock.now - days * 86_400_000).toISOString()

  it('settings are changed one by one; others keep their values', async () => {
    await change({ lookback_days: 7 })
    expect(await change({ time_zone: 'Europe/Berlin' })).toMatchObject({
      lookback_days: 7,
      time_zone: 'Europe/Berlin',
      horizon_days: 30,
    })
  })

  it('the default model is always shown among the models', async () => {
    expect(await change({ default_model: 'j_shaped', models: ['first', 'last'] })).toMatchObject({
      default_model: 'j_shaped',
      models: ['first', 'last', 'j_shaped'],
    })
  })

  it('a model that waits for an event which never happened is warned of', async () => {
    const settings = { default_model: 'w_shaped:lead_event=signup,deal_event=quote', models: ['first'] }
    const warningsOf = async () =>
      (await operations['website.settings'](collector, { website: collector.websiteId, ...settings }))
        .warnings
    await collector.send([event({ name: 'signup' })])
    expect(await warningsOf()).toEqual([
      expect.stringMatching(/^The model w_shaped:.* waits for the event "quote", .* Check the name\.$/),
    ])
    await collector.send([event({ name: 'quote' })])
    expect(await warningsOf()).toEqual([])
  })

  it('an unknown or invalid setting is refused by the name of its option', async () => {
    await expect(change({ lookback_days: 0 })).rejects.toThrow(
      '`lookback_days` must be a whole number of days',
    )
    await expect(change({ lookback: 1 })).rejects.toThrow('lookback')
    await expect(change({ default_model: 'best' })).rejects.toThrow(
      '`default_model` cannot be used. Model "best" does not exist. Use one of first, last,',
    )
    await expect(change({ models: ['first', 'time_decay:half_life_days=0'] })).rejects.toThrow(
      '`models` cannot be used. Model time_decay: half_life_days must be a number from 0.001 to 3650, got 0.',
    )
    await expect(operations['website.settings'](collector, { website: '99' })).rejects.toThrow(
      'There is no website 99',
    )
  })

  it('the horizon limits the age of events', async () => {
    const old = () => event({ occurred_at: daysAgo(40) })
    expect((await collector.send([old()])).results).toMatchObject([{ code: 'too_old' }])
    await change({ horizon_days: 60 })
    expect((await collector.send([old()])).accepted).toBe(1)
  })

  it('lookback, default model and models decide the credit of a conversion', async () => {
    await change({ lookback_days: 7, default_model: 'first', models: ['first', 'last'] })
    const visit = (id: string, days: number, source: string) => ({
      occurred_at: daysAgo(days),
      session: { ...session(id, `https://shop.example/?utm_source=${source}`), started_at: daysAgo(days) },
    })
    await collector.send([
      event({ anonymous_id: 'buyer', ...visit('1', 8, 'early') }),
      event({ anonymous_id: 'buyer', ...visit('2', 6, 'middle') }),
      event({ anonymous_id: 'buyer', ...visit('3', 1, 'late') }),
      event({ anonymous_id: 'buyer', name: 'purchase', conversion: true, occurred_at: daysAgo(0) }),
    ])
    const credits = await collector.rows(`
      select k.model, s.value as source from conversion_credits k
      join touches t on t.id = k.touch_id join utm_sources s on s.id = t.utm_source_id order by 1`)
    expect(credits).toEqual([
      { model: 'first', source: 'middle' },
      { model: 'last', source: 'late' },
    ])
    expect(await collector.rows('select attribution_model, lookback_days from conversions')).toEqual([
      { attribution_model: 'first', lookback_days: 7 },
    ])
  })

  it('an ignored referrer makes no touch', async () => {
    await change({ ignored_referrers: ['pay.example.com'] })
    await collector.db.query('truncate customers cascade')
    const from = (id: string, referrer_url: string) =>
      event({ anonymous_id: id, session: session(id, 'https://shop.example/', { referrer_url }) })
    await collector.send([from('x', 'https://pay.example.com/done'), from('y', 'https://news.example/')])
    expect(
      await collector.rows(
        'select d.domain from touches t join referrer_domains d on d.id = t.referrer_domain_id',
      ),
    ).toEqual([{ domain: 'news.example' }])
  })

  it('a token over its events per minute gets 429 with Retry-After', async () => {
    await change({ events_per_minute: 3 })
    const send = () => collector.post(JSON.stringify({ v: 1, events: [event(), event()] }))
    expect([(await send()).status, (await send()).status]).toEqual([200, 200])
    const refused = await send()
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect(await refused.json()).toMatchObject({
      code: 'rate_limited',
      detail: expect.stringContaining('3 events per minute'),
    })
  })
})
