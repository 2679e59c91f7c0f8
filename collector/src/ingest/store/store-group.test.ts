/** Which rows a batch becomes, column by column, and what a later batch changes in them. */
import type { WireEvent } from '@headwater/contract'
import type { Db } from '@headwater/db/db'
import { createPostgresDb } from '@headwater/db/postgres'
import { createSignal, onBothDatabases } from '@headwater/db/testing'
import { freshPostgresUrl } from '@headwater/testkit/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestCollector, event, noon, session, type TestCollector } from '../../testing.ts'
import { testToken } from '../../websites/testing.ts'
import type { Caller } from '../event.ts'
import { createIngest } from '../ingest.ts'
import { toUuid } from '../uuid.ts'
import { createReserveIds } from './group-ids.ts'

const shop = 'https://shop.example/'
const minute = 60_000
const at = (minutes: number) => new Date(noon - 120 * minute + minutes * minute)
const iso = (minutes: number) => at(minutes).toISOString()

/** The seven values that a row refers to, by the alias `t`. */
const originJoins = ['source', 'medium', 'campaign', 'term', 'content']
  .map(
    (name) =>
      `left join utm_${name}s ${name} on ${name}.website_id = t.website_id and ${name}.id = t.utm_${name}_id`,
  )
  .concat(
    'left join referrer_domains domain on domain.website_id = t.website_id and domain.id = t.referrer_domain_id',
    'left join landing_pages page on page.website_id = t.website_id and page.id = t.landing_page_id',
  )
  .join(' ')
const originValues = `source.value as source, medium.value as medium, campaign.value as campaign, term.value as term,
  content.value as content, domain.domain as domain, page.path as path`

const landing = `${shop}mugs?utm_source=s1&utm_medium=m1&utm_campaign=c1&utm_term=t1&utm_content=o1&utm_id=i1&gclid=G1`
const origin = {
  source: 's1',
  medium: 'm1',
  campaign: 'c1',
  term: 't1',
  content: 'o1',
  domain: 'news.example',
  path: '/mugs',
}
const referrer_url = 'https://news.example/today'

onBothDatabases((open) => {
  let collector: TestCollector
  let tokenIds: { public: string; secret: string }

  beforeAll(async () => {
    collector = await createTestCollector(await open())
    const rows = await collector.rows<{ kind: string; id: string }>(
      'select kind, id::text from ingestion_tokens',
    )
    const idOf = (kind: string) => rows.find((row) => row.kind === kind)?.id ?? ''
    tokenIds = { public: idOf('public'), secret: idOf('secret') }
  })
  beforeEach(() => collector.clear())
  afterAll(() => collector.db.close())

  const { rows, send, clock } = {
    rows: <Row>(sql: string) => collector.rows<Row>(sql),
    send: (events: unknown[], batch?: object) => collector.send(events, batch),
    clock: { set: (ms: number) => Object.assign(collector.clock, { now: ms }) },
  }
  const row = async (sql: string) => (await rows<Record<string, unknown>>(sql))[0]
  const website = () => collector.websiteId

  /** Sends events as this caller does. */
  const sendAs = (caller: Partial<Caller>, events: unknown[], batch: object = {}) => {
    const token = testToken({ id: tokenIds.public, websiteId: website() })
    const as = { id: 'r', token, receivedAt: noon, ip: null, userAgent: null, isBot: false, ...caller }
    return collector.ingest.ingest(JSON.stringify({ v: 1, events, ...batch }), as)
  }
  const secretToken = () => testToken({ id: tokenIds.secret, websiteId: website() })
  const sdk = (version: string) => ({ sdk: { name: 'web', version } })

  describe('a row of events', () => {
    it('holds what its event says, each in its own column', async () => {
      const props = { size: 'L' }
      const ad_cookies = { _fbp: 'fb.1' }
      await send([
        event({
          idempotency_key: 'whole',
          type: 'page',
          name: 'Checkout',
          occurred_at: iso(0),
          url: `${shop}checkout#top`,
          title: 'Check out',
          revenue_cents: 4_999,
          currency: 'EUR',
          schema_version: 7,
          props,
          ad_cookies,
          session: { ...session('s'), started_at: iso(0) },
        }),
      ])
      expect(
        await row(`select e.website_id::text, e.session_id = s.id as in_session, e.customer_id = c.id as of_customer,
          e.occurred_at, e.revenue_cents::float8 as revenue, e.idempotency_key::text as key, e.schema_version, e.type, e.name, e.url,
          e.title, e.currency, e.props, e.ad_cookies, e.id = k.event_id as of_key
          from events e, sessions_tracking s, customers c, event_dedup_keys k`),
      ).toEqual({
        website_id: website(),
        in_session: true,
        of_customer: true,
        occurred_at: at(0),
        revenue: 4_999,
        key: toUuid('whole'),
        schema_version: 7,
        type: 'page',
        name: 'Checkout',
        url: `${shop}checkout`,
        title: 'Check out',
        currency: 'EUR',
        props,
        ad_cookies,
        of_key: true,
      })
    })

    it.each<[string, Partial<WireEvent>, object]>([
      [
        'without a name is named after its type',
        { type: 'identify', name: undefined, user_id: 'u' },
        { name: 'identify' },
      ],
      ['of version 1 leaves the version out', { schema_version: 1 }, { schema_version: null }],
      ['without a version leaves it out', {}, { schema_version: null }],
      ['of a screen keeps the title', { type: 'screen', title: 'Home' }, { title: 'Home' }],
      ['of another type has no title', { title: 'Home' }, { title: null }],
      [
        'without revenue, props, address and ad cookies has none',
        { ad_cookies: {} },
        { revenue_cents: null, currency: null, props: null, url: null, ad_cookies: null },
      ],
    ])('%s', async (_, fields, expected) => {
      expect(await send([event(fields)])).toMatchObject({ accepted: 1 })
      expect(await row('select * from events')).toMatchObject(expected)
    })

    it('names token and SDK only where its session was opened with others, in its own group or before', async () => {
      const inSession = (name: string) => event({ name, session: session('s') })
      await sendAs({}, [inSession('opens'), inSession('same')], sdk('1'))
      await sendAs({}, [inSession('same, later')], sdk('1'))
      await sendAs({ token: secretToken() }, [inSession('others')], sdk('2'))
      expect(
        await rows(
          'select name, ingestion_token_id::text as token, sdk_version as sdk from events order by id',
        ),
      ).toEqual([
        { name: 'opens', token: null, sdk: null },
        { name: 'same', token: null, sdk: null },
        { name: 'same, later', token: null, sdk: null },
        { name: 'others', token: tokenIds.secret, sdk: 'web/2' },
      ])
    })

    it('without a session names its token and its SDK itself', async () => {
      await sendAs({ token: secretToken() }, [event({ anonymous_id: undefined, user_id: 'u' })], sdk('2'))
      expect(
        await row('select session_id, ingestion_token_id::text as token, sdk_version as sdk from events'),
      ).toEqual({
        session_id: null,
        token: tokenIds.secret,
        sdk: 'web/2',
      })
    })
  })

  describe('a row of sessions', () => {
    const page = (minutes: number, fields: Partial<WireEvent> = {}) =>
      event({ type: 'page', name: '/', occurred_at: iso(minutes), ...fields })
    const reported = (startedAt = 10) => ({
      ...session('s', landing, { referrer_url }),
      started_at: iso(startedAt),
    })

    it('holds what the event says that opened it, each in its own column', async () => {
      const caller = { ip: '203.0.113.0', userAgent: 'Firefox', isBot: true, token: secretToken() }
      await sendAs(caller, [page(12, { session: reported() })], sdk('1'))
      expect(
        await row(`select t.website_id::text, t.customer_id = c.id as of_customer, i.type, t.client_session_id::text as client_id,
          started_at, ended_at, view_count, conversion_count, ${originValues}, landing_url, referrer_url, ip, user_agent, is_bot,
          ingestion_token_id::text as token, sdk_version, is_assigned
          from sessions_tracking t ${originJoins}, customers c, identities i where i.id = t.cookie_identity_id`),
      ).toEqual({
        website_id: website(),
        of_customer: true,
        type: 'cookie',
        client_id: toUuid('s'),
        started_at: at(10),
        ended_at: at(12),
        view_count: 1,
        conversion_count: 0,
        ...origin,
        landing_url: landing,
        referrer_url,
        ip: '203.0.113.0',
        user_agent: 'Firefox',
        is_bot: true,
        token: tokenIds.secret,
        sdk_version: 'web/1',
        is_assigned: false,
      })
    })

    it('grows at both ends with later batches, and counts pages and screens', async () => {
      const views = () => row('select started_at, ended_at, view_count from sessions_tracking')
      await send([page(20, { session: reported() }), event({ occurred_at: iso(25), session: reported() })])
      expect(await views()).toEqual({ started_at: at(10), ended_at: at(25), view_count: 1 })
      await send([page(22, { session: reported(15) }), page(23, { type: 'screen', session: reported(15) })])
      expect(await views()).toEqual({ started_at: at(10), ended_at: at(25), view_count: 3 })
      await send([page(30, { session: reported(5) })])
      expect(await views()).toEqual({ started_at: at(5), ended_at: at(30), view_count: 4 })
    })

    it('stays assigned until a client reports it', async () => {
      const id = '0199aaaa-0000-7000-8000-000000000001'
      await send([page(0, { idempotency_key: id, url: shop })])
      await send([page(1, { url: shop })])
      expect(await rows('select is_assigned from sessions_tracking')).toEqual([{ is_assigned: true }])
      await send([page(2, { session: { id, started_at: iso(0) } })])
      expect(await rows('select is_assigned from sessions_tracking')).toEqual([{ is_assigned: false }])
      await send([page(3, { url: shop })])
      expect(await rows('select is_assigned from sessions_tracking')).toEqual([{ is_assigned: false }])
    })

    it('takes its landing once, from the first report that has one', async () => {
      await send([page(1, { session: { id: 's', started_at: iso(0) } })])
      await send([page(2, { session: reported(0) })])
      await send([
        page(3, { session: { ...session('s', `${shop}other?utm_source=s2`), started_at: iso(0) } }),
      ])
      expect(
        await row(
          `select ${originValues}, landing_url, referrer_url from sessions_tracking t ${originJoins}`,
        ),
      ).toEqual({
        ...origin,
        landing_url: landing,
        referrer_url,
      })
    })

    it('of another website is another session, though all its ids are the same', async () => {
      const other = await createTestCollector(collector.db)
      const mine = page(1, { session: reported() })
      await send([mine])
      await other.send([mine])
      const counted = await rows(
        'select website_id::text as id, view_count as views from sessions_tracking order by website_id',
      )
      expect(counted).toEqual([
        { id: website(), views: 1 },
        { id: other.websiteId, views: 1 },
      ])
    })
  })

  describe('a row of touches', () => {
    it('holds where its session came from, each in its own column', async () => {
      await send([
        event({
          occurred_at: iso(12),
          session: { ...session('s', landing, { referrer_url }), started_at: iso(10) },
        }),
      ])
      expect(
        await row(`select t.website_id::text, t.customer_id = s.customer_id as of_customer, t.session_id = s.id as of_session,
          t.occurred_at, t.type, t.is_direct, t.click_id_type, ${originValues}, t.source_event_id = e.id as proved, t.metadata
          from touches t ${originJoins}, sessions_tracking s, events e`),
      ).toEqual({
        website_id: website(),
        of_customer: true,
        of_session: true,
        occurred_at: at(10),
        type: 'landing',
        is_direct: false,
        click_id_type: 'gclid',
        ...origin,
        proved: true,
        metadata: { click_id: 'G1', utm_id: 'i1' },
      })
    })

    const arrival = (id: string, minutes: number) =>
      event({
        occurred_at: iso(minutes),
        session: { ...session(id, `${shop}?utm_source=${id}`), started_at: iso(minutes) },
      })
    const ends = () =>
      row(`select f.occurred_at as first, l.occurred_at as last from customers c
        join touches f on f.id = c.first_touch_id join touches l on l.id = c.last_touch_id`)

    it('is the first or the last of its customer by its time, in whatever order touches arrive', async () => {
      await send([arrival('b', 20)])
      expect(await ends()).toEqual({ first: at(20), last: at(20) })
      await send([arrival('c', 30), arrival('a', 10)])
      expect(await ends()).toEqual({ first: at(10), last: at(30) })
      await send([arrival('d', 15)])
      expect(await ends()).toEqual({ first: at(10), last: at(30) })
    })

    it('of one instant the one that was stored first is the first, and the other the last', async () => {
      await send([arrival('a', 10)])
      await send([arrival('b', 10)])
      const ids = await rows<{ id: string }>('select id::text from touches order by id')
      expect(
        await row('select first_touch_id::text as first, last_touch_id::text as last from customers'),
      ).toEqual({
        first: ids[0]?.id,
        last: ids[1]?.id,
      })
    })

    it('is one row, and moves to the earliest time that proves it, not to a later one', async () => {
      const landed = (startedAt: number, minutes: number) =>
        event({
          occurred_at: iso(minutes),
          session: { ...session('s', landing), started_at: iso(startedAt) },
        })
      await send([landed(10, 11)])
      const [before] = await rows<{ id: string }>('select id::text from touches')
      await send([landed(5, 6)])
      await send([landed(8, 9)])
      expect(await rows('select id::text, occurred_at from touches')).toEqual([
        { id: before?.id, occurred_at: at(5) },
      ])
    })

    it('without a session is a row for each event that reports it', async () => {
      const contact = (minutes: number) =>
        event({ type: 'touch', name: 'email_open', occurred_at: iso(minutes) })
      await send([contact(0), contact(1)])
      await send([contact(2)])
      expect(await rows('select session_id, type, occurred_at from touches order by id')).toEqual(
        [0, 1, 2].map((minutes) => ({ session_id: null, type: 'email_open', occurred_at: at(minutes) })),
      )
    })
  })

  describe('a late event joins two assigned sessions', () => {
    const view = (minutes: number, fields: Partial<WireEvent> = {}) =>
      event({ type: 'page', name: `at ${minutes}`, url: shop, occurred_at: iso(minutes), ...fields })
    const purchase = (minutes: number) => view(minutes, { type: 'track', conversion: true })
    const domains = () =>
      rows(`select d.domain, t.session_id = s.id as in_session from touches t cross join sessions_tracking s
        left join referrer_domains d on d.id = t.referrer_domain_id order by t.occurred_at`)

    it('into one with the events, the views, the conversions and the end of both', async () => {
      await send([view(0)])
      await send([view(40), purchase(41)])
      await send([purchase(10)])
      expect(await collector.count('sessions_tracking')).toBe(1)
      expect(
        await row(`select started_at, ended_at, view_count, conversion_count,
          (select count(*)::float8 from events e where e.session_id = s.id) as events,
          (select count(*)::float8 from conversions c where c.session_id = s.id) as conversions from sessions_tracking s`),
      ).toEqual({
        started_at: at(0),
        ended_at: at(41),
        view_count: 2,
        conversion_count: 2,
        events: 4,
        conversions: 2,
      })
    })

    it('into the earlier one, whose end stands when that is later', async () => {
      await send([view(0)])
      await send([view(31)])
      await send([view(30), view(60)])
      expect(await rows('select ended_at, view_count from sessions_tracking')).toEqual([
        { ended_at: at(60), view_count: 4 },
      ])
    })

    it('and the landing of the later one, which was none, leaves no touch', async () => {
      await send([view(0, { referrer_url: 'https://a.example/' })])
      await send([view(40, { referrer_url: 'https://b.example/' })])
      await send([view(20)])
      expect(await domains()).toEqual([{ domain: 'a.example', in_session: true }])
      expect(await row('select first_touch_id = last_touch_id as is_one from customers')).toEqual({
        is_one: true,
      })
    })

    it('and the landing of the later one is withdrawn, if a conversion names its touch', async () => {
      await send([view(0, { referrer_url: 'https://a.example/' })])
      await send([view(40, { referrer_url: 'https://b.example/' }), purchase(41)])
      await send([view(20)])
      expect(await domains()).toEqual([
        { domain: 'a.example', in_session: true },
        { domain: 'b.example', in_session: null },
      ])
      expect(await rows('select is_withdrawn from touches order by occurred_at')).toEqual([
        { is_withdrawn: false },
        { is_withdrawn: true },
      ])
    })

    it('and of two equal touches the one that a conversion names stands for itself', async () => {
      await send([view(0)])
      await send([view(40), purchase(41)])
      await send([view(20)])
      expect(await domains()).toEqual([
        { domain: null, in_session: true },
        { domain: null, in_session: null },
      ])
    })

    it('and leaves the sessions of others as they are', async () => {
      const other = (minutes: number) =>
        view(minutes, { anonymous_id: 'other', referrer_url: 'https://a.example/' })
      await send([view(0), other(0)])
      await send([view(40), other(40)])
      await send([view(20)])
      expect(
        await rows(`select t.started_at, t.view_count as views, (select count(*)::float8 from touches x where x.session_id = t.id) as touches,
          (select count(*)::float8 from events e where e.session_id = t.id) as events
          from sessions_tracking t join identities i on i.id = t.cookie_identity_id order by i.id, t.started_at`),
      ).toEqual(
        expect.arrayContaining([
          { started_at: at(0), views: 3, touches: 1, events: 3 },
          { started_at: at(0), views: 1, touches: 1, events: 1 },
          { started_at: at(40), views: 1, touches: 1, events: 1 },
        ]),
      )
    })
  })

  describe('an event before all others of an assigned session', () => {
    const view = (minutes: number, fields: Partial<WireEvent> = {}) =>
      event({ type: 'page', name: '/', url: `${shop}${minutes}`, occurred_at: iso(minutes), ...fields })

    it('replaces its landing as a whole, and the touch of that', async () => {
      await send([view(10, { referrer_url: 'https://a.example/' })])
      await send([view(5, { referrer_url: 'https://b.example/x' })])
      expect(
        await rows(
          `select started_at, landing_url, referrer_url, ${originValues} from sessions_tracking t ${originJoins}`,
        ),
      ).toEqual([
        {
          started_at: at(5),
          landing_url: `${shop}5`,
          referrer_url: 'https://b.example/x',
          ...{ source: null, medium: null, campaign: null, term: null, content: null },
          domain: 'b.example',
          path: '/5',
        },
      ])
      expect(await rows(`select occurred_at, ${originValues} from touches t ${originJoins}`)).toMatchObject([
        { occurred_at: at(5), domain: 'b.example', path: '/5' },
      ])
    })

    it('moves a touch that is the same, which keeps its row', async () => {
      await send([view(10)])
      const [before] = await rows<{ id: string }>('select id::text from touches')
      await send([view(5)])
      expect(await rows('select id::text, occurred_at from touches')).toEqual([
        { id: before?.id, occurred_at: at(5) },
      ])
    })

    it('leaves a session without a landing when it names no page', async () => {
      await send([view(10, { referrer_url: 'https://a.example/' })])
      await send([event({ occurred_at: iso(5) })])
      expect(await rows('select landing_url, referrer_url, landing_page_id from sessions_tracking')).toEqual([
        { landing_url: null, referrer_url: null, landing_page_id: null },
      ])
      expect(await collector.count('touches')).toBe(0)
    })
  })

  describe('a row of rejected events', () => {
    const broken = (fields: Record<string, unknown>) =>
      event({ idempotency_key: 'broken', revenue_cents: 1, ...fields })
    const columns = `website_id::text, ingestion_token_id::text as token, idempotency_key::text as key, received_at, expires_at,
      request_id, code, path, message, encode(payload, 'hex') as payload, to_json(identity_hashes) as hashes`
    const read = async () => {
      const found = await rows<Record<string, unknown> & { payload: string }>(
        `select ${columns} from rejected_events order by id`,
      )
      return found.map(
        ({ payload, ...fields }): Record<string, unknown> => ({
          ...fields,
          payload: JSON.parse(collector.secrets.decrypt(Buffer.from(payload, 'hex'))) as unknown,
        }),
      )
    }
    const day = 86_400_000

    it('says what was wrong, with whom and in which request, and expires after 14 days', async () => {
      const wire = broken({ user_id: 'u1' })
      await sendAs({ id: 'first request' }, [wire])
      const hash = (type: string, value: string) => collector.secrets.hashIdentity(website(), type, value)
      expect(await read()).toEqual([
        {
          website_id: website(),
          token: tokenIds.public,
          key: toUuid('broken'),
          received_at: new Date(noon),
          expires_at: new Date(noon + 14 * day),
          request_id: 'first request',
          code: 'currency_required',
          path: 'revenue_cents',
          message: expect.stringContaining('send currency'),
          payload: wire,
          hashes: [hash('cookie', 'visitor-1'), hash('user_id', 'u1')],
        },
      ])
    })

    it('is replaced as a whole when its event is sent again', async () => {
      await sendAs({ id: 'first request' }, [broken({ user_id: 'u1' })])
      const wire = { ...broken({ name: '' }), anonymous_id: undefined, revenue_cents: undefined }
      await sendAs({ id: 'second request', receivedAt: noon + day, token: secretToken() }, [wire])
      expect(await read()).toEqual([
        {
          website_id: website(),
          token: tokenIds.secret,
          key: toUuid('broken'),
          received_at: new Date(noon + day),
          expires_at: new Date(noon + 15 * day),
          request_id: 'second request',
          code: expect.stringMatching(/^(invalid_field|field_required)$/),
          path: 'name',
          message: expect.stringContaining('name'),
          payload: JSON.parse(JSON.stringify(wire)),
          hashes: [],
        },
      ])
    })

    it('is one for all copies of a key in a group: the last one', async () => {
      await send([broken({ name: 'a' }), broken({ name: 'b' }), broken({ name: 'c' })])
      expect((await read()).map(({ payload }) => (payload as WireEvent).name)).toEqual(['c'])
    })

    it('is one for each event whose key cannot be read, though it is the same', async () => {
      await send([42, 42])
      await send([42])
      expect((await read()).map(({ key, path, payload }) => [key, path, payload])).toEqual(
        Array.from({ length: 3 }, () => [null, null, 42]),
      )
    })

    it('is not there for a copy of an event that is stored', async () => {
      const wire = event({ idempotency_key: 'stored' })
      await send([wire])
      expect(await send([{ ...wire, revenue_cents: 1 }])).toMatchObject({ duplicate: 1 })
      expect(await read()).toEqual([])
    })

    it('is there for a copy of an event that another website stored', async () => {
      const other = await createTestCollector(collector.db)
      const wire = event({ idempotency_key: 'elsewhere' })
      await other.send([wire])
      expect(await send([{ ...wire, revenue_cents: 1 }])).toMatchObject({ rejected: 1 })
      expect(await send([wire])).toMatchObject({ accepted: 1 })
    })
  })

  it('a row of token_usages holds what a request brought, each in its own column', async () => {
    const known = event()
    await send([known])
    await collector.db.query('truncate token_usages')
    const events = [known, known, known, event(), event({ revenue_cents: 1 }), 42]
    const caller = { id: 'counted', ip: '203.0.113.0', token: secretToken(), receivedAt: noon + 5 }
    await sendAs(caller, events, { dropped: { queue_full: 2, refused: 0 } })
    await sendAs({ id: 'nothing dropped' }, [], { dropped: { refused: 0 } })
    expect(
      await rows(`select website_id::text, ingestion_token_id::text as token, occurred_at, ip, success, error_code, request_id,
        received, stored, duplicate, rejected, dropped from token_usages order by id`),
    ).toMatchObject([
      {
        website_id: website(),
        token: tokenIds.secret,
        occurred_at: new Date(noon + 5),
        ip: '203.0.113.0',
        success: true,
        error_code: null,
        request_id: 'counted',
        received: 6,
        stored: 1,
        duplicate: 3,
        rejected: 2,
        dropped: { queue_full: 2, refused: 0 },
      },
      { request_id: 'nothing dropped', received: 0, dropped: null },
    ])
  })

  it('a row of client_streams adds up over groups, in whatever order they arrive', async () => {
    const numbered = (seq: number, fields: object = {}) => event({ stream: 'page-1', seq, ...fields })
    clock.set(noon + 1_000)
    await send([numbered(4), numbered(3, { revenue_cents: 1 })])
    clock.set(noon)
    await send([numbered(2), numbered(1), numbered(6, { stream: 'page-2' })])
    clock.set(noon + 2_000)
    await send([numbered(5, { revenue_cents: 1 })])
    clock.set(noon)
    expect(await rows('select * from client_streams order by highest_seq')).toEqual([
      {
        website_id: expect.anything(),
        stream: toUuid('page-1'),
        highest_seq: 5,
        stored: 3,
        rejected: 2,
        first_seen_at: new Date(noon),
        last_seen_at: new Date(noon + 2_000),
      },
      expect.objectContaining({ stream: toUuid('page-2'), highest_seq: 6, stored: 1, rejected: 0 }),
    ])
  })

  it('ids are never given twice, to two processes that each need more than a block', async () => {
    const group = await Promise.all(
      [createReserveIds(collector.db), createReserveIds(collector.db)].map(
        (reserve) => reserve(Array.from({ length: 1_001 }, () => ({ earlierTouches: [] }) as never)), // it reads nothing else
      ),
    )
    for (const kind of ['event', 'customer', 'session'] as const) {
      const taken = group.flatMap((ids) => Array.from({ length: 1_001 }, () => ids[kind]()))
      expect(new Set(taken).size).toBe(2_002)
    }
  })
})

describe('of two groups at once, on PostgreSQL', () => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(createPostgresDb({ url: await freshPostgresUrl() }))
  })
  afterAll(() => collector.db.close())

  /** Writes and holds its locks, and commits when it is given leave. */
  function holding(db: Db) {
    const [hasWritten, mayCommit] = [createSignal(), createSignal()]
    const held: Db = {
      ...db,
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            ...tx,
            async commit() {
              hasWritten.give()
              await mayCommit.given
              await tx.commit()
            },
          }),
        ),
    }
    return { held, hasWritten, mayCommit }
  }
  const waiting = async () =>
    (
      await collector.rows<{ n: number }>(
        `select count(*)::float8 as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    )[0]?.n

  it('a conversion waits for a touch of the same customer by another identity, and is credited to it', async () => {
    const { db, secrets, errors, clock, websiteId, send } = collector
    await send([event({ type: 'identify', name: undefined, user_id: 'u' })])
    const { held, hasWritten, mayCommit } = holding(db)
    const first = createIngest({
      db: held,
      secrets,
      now: () => clock.now,
      onError: (error) => errors.push(error),
    })
    const [row] = await collector.rows<{ id: string }>('select id::text from ingestion_tokens limit 1')
    const token = testToken({ id: row?.id ?? '', websiteId })
    const caller = { id: 'r', token, receivedAt: noon, ip: null, userAgent: null, isBot: false }
    const contact = event({ type: 'touch', name: 'email_open', anonymous_id: undefined, user_id: 'u' })
    const touched = first.ingest(JSON.stringify({ v: 1, events: [contact] }), caller)
    await hasWritten.given
    const converted = send([
      event({ name: 'purchase', conversion: true, occurred_at: new Date(noon).toISOString() }),
    ])
    await expect.poll(waiting).toBe(1)
    mayCommit.give()
    await Promise.all([touched, converted])
    expect(
      await collector.rows('select t.type from conversions c join touches t on t.id = c.attributed_touch_id'),
    ).toEqual([{ type: 'email_open' }])
  })
})
