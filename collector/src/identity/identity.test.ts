import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestCollector, event, session, type TestCollector } from '../testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(() => collector.db.query('truncate customers, identities, events, event_dedup_keys cascade'))
  afterAll(() => collector.db.close())

  const identify = (user_id: string, more: object = {}) =>
    event({ type: 'identify', name: undefined, user_id, ...more })

  it('Alice, then Bob, on one browser are two customers', async () => {
    await collector.send([event(), identify('alice'), event({ user_id: 'alice' })])
    await collector.send([identify('bob'), event({ user_id: 'bob' })])
    expect(await collector.count('customers')).toBe(2)
    const owners = await collector.rows<{ customer_id: string; n: number }>(
      'select customer_id::text, count(*)::float8 as n from events group by 1 order by 1',
    )
    expect(owners.map(({ n }) => n)).toEqual([3, 2])
  })

  it('two user ids stay two customers, whatever identities the events carry', async () => {
    const claim = event({ anonymous_id: 'x', identities: [{ type: 'user_id', value: 'alice' }] })
    expect((await collector.send([claim])).results).toMatchObject([
      { code: 'invalid_field', path: 'identities.0.type' },
    ])
    await collector.send([identify('alice', { anonymous_id: 'y' })])
    await collector.send([identify('bob', { anonymous_id: 'x' })])
    expect(await collector.count('customers')).toBe(2)
  })

  it('a user id first seen on two devices at once is one customer', async () => {
    const receipts = Array.from({ length: 6 }, (_, i) =>
      collector.send([identify('carol', { anonymous_id: `device-${i}` })]),
    )
    await Promise.all(receipts)
    expect(
      await collector.rows('select count(*)::float8 as n from customers where user_identity_id is not null'),
    ).toEqual([{ n: 1 }])
  })

  it('a cookie first seen in several requests at once is one customer', async () => {
    await Promise.all(Array.from({ length: 8 }, () => collector.send([event({ anonymous_id: 'fresh' })])))
    expect(await collector.count('customers')).toBe(1)
    expect(
      await collector.rows(
        'select count(*)::float8 as n from customer_identity_links where ended_at is null',
      ),
    ).toEqual([{ n: 1 }])
  })

  it('an anonymous event belongs to the owner of the cookie at the time of the event', async () => {
    const at = (seconds: number) => new Date(collector.clock.now - 600_000 + seconds * 1000).toISOString()
    await collector.send([identify('alice', { occurred_at: at(0) })])
    await collector.send([identify('bob', { occurred_at: at(60) })])
    await collector.send([
      event({ name: 'offline', occurred_at: at(30) }),
      event({ name: 'after', occurred_at: at(90) }),
    ])
    const rows = await collector.rows<{ name: string; user: boolean }>(
      "select e.name, c.user_identity_id is not null as user from events e join customers c on c.id = e.customer_id where e.name in ('offline', 'after') order by 1",
    )
    expect(rows).toEqual([
      { name: 'after', user: false },
      { name: 'offline', user: true },
    ])
  })

  it.each([
    ['long after their last one', 3 * 3_600],
    ['before their first one', -60],
  ])('an event without user id, %s, belongs to the known customer of its cookie', async (_, seconds) => {
    const now = collector.clock.now
    const at = (later: number) => new Date(now - 86_400_000 + later * 1_000).toISOString()
    await collector.send([identify('alice', { occurred_at: at(0) })])
    const others = [event({ anonymous_id: 'other', occurred_at: at(seconds) })]
    expect(await collector.send([event({ occurred_at: at(seconds) }), ...others])).toMatchObject({
      accepted: 2,
    })
    expect(
      await collector.rows(`
        select count(distinct customer_id)::float8 as customers, count(*)::float8 as events,
          (select count(*)::float8 from customers where user_identity_id is not null) as known
        from events`),
    ).toEqual([{ customers: 2, events: 3, known: 1 }])
  })

  it('someone else’s session id opens another session', async () => {
    await collector.send([
      event({ anonymous_id: 'a', session: session('same') }),
      event({ anonymous_id: 'b', session: session('same') }),
    ])
    expect(await collector.count('sessions_tracking')).toBe(2)
  })

  describe('in a dump of the database', () => {
    it('there is no plain e-mail, user id, cookie or token', async () => {
      const email = 'clear@example.com'
      const hash = 'a'.repeat(64)
      const url = `https://shop.example/?email=${email}&token=clear-token&utm_source=x`
      await collector.send([
        identify('clear-user', {
          anonymous_id: 'clear-cookie',
          identities: [{ type: 'email_hash', value: hash }],
          url,
          session: session('s', url),
        }),
        { ...identify('clear-user'), occurred_at: 'never', email },
      ])
      const tables = await collector.rows<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'public'`,
      )
      const dump: string[] = []
      for (const { name } of tables)
        dump.push(
          ...(
            await collector.rows<{ row: string }>(`select row_to_json(t)::text as row from "${name}" t`)
          ).map(({ row }) => row),
        )
      const text = dump.join('\n')
      expect(text).toContain(hash) // the dump does contain the data
      for (const secret of [
        email,
        'clear-user',
        'clear-cookie',
        'clear-token',
        collector.publicToken,
        collector.secretToken,
      ]) {
        expect(text).not.toContain(secret)
      }
      expect(JSON.stringify(collector.errors)).not.toContain('clear')
    })
  })
})
