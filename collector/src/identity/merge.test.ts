import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestCollector, event, type TestCollector } from '../testing.ts'
import { maxCustomers } from './caps.ts'
import { mergeCustomers, unmergeCustomers } from './merge.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(() =>
    collector.db.query('truncate customers, identities, events, event_dedup_keys, credit_queue cascade'),
  )
  afterAll(() => collector.db.close())

  const at = (seconds: number) => new Date(collector.clock.now - 3_600_000 + seconds * 1_000).toISOString()
  /** Sends an event of a cookie, a user id or both, and returns its customer. */
  async function seen(seconds: number, fields: { cookie?: string; user?: string } & Record<string, unknown>) {
    const { cookie: anonymous_id, user: user_id, ...more } = fields
    await collector.send([event({ occurred_at: at(seconds), anonymous_id, user_id, ...more })])
    const [latest] = await collector.rows<{ customer: string }>(
      'select customer_id::text as customer from events order by id desc limit 1',
    )
    return latest?.customer ?? ''
  }
  const personOf = async (customer: string) =>
    (
      await collector.db.query<{ person: string }>(
        'select canonical_id::text as person from customers where id = $1::text::bigint',
        [customer],
      )
    )[0]?.person
  const merges = () =>
    collector.rows<object>(`
      select from_customer_id::text as from, into_customer_id::text as into, cause, merged_by as by, undone_by
      from customer_merges order by id`)
  const conflicts = () =>
    collector.rows<{ kind: string; status: string }>(
      'select kind, status from identity_conflicts order by id',
    )
  const queued = () =>
    collector.rows<{ customer: string; reason: string }>(
      'select customer_id::text as customer, reason from credit_queue order by customer_id::text',
    )
  const merge = (from: string, into: string, more: object = {}) =>
    mergeCustomers(collector.db, { websiteId: collector.websiteId, from, into, by: 'cli', ...more })
  const unmerge = (what: { merge: string } | { customer: string; from?: string }) =>
    unmergeCustomers(collector.db, { websiteId: collector.websiteId, by: 'cli', ...what })
  const sorted = (...customers: string[]) => [...customers].sort()

  describe('a known customer who signs in on another device', () => {
    it('is one person with its visitor; later anonymous events are its own', async () => {
      const alice = await seen(0, { user: 'alice' })
      const visitor = await seen(1, { cookie: 'a' })
      expect(await seen(2, { cookie: 'a', user: 'alice' })).toBe(alice)
      expect([await personOf(visitor), await seen(3, { cookie: 'a' })]).toEqual([alice, alice])
      expect(await merges()).toEqual([
        { from: visitor, into: alice, cause: 'sign_in', by: null, undone_by: null },
      ])
      expect(await queued()).toEqual(
        sorted(alice, visitor).map((customer) => ({ customer, reason: 'merge' })),
      )
    })

    it('is one person with its visitor in one batch', async () => {
      const alice = await seen(0, { user: 'alice' })
      await collector.send([
        event({ anonymous_id: 'a', occurred_at: at(1) }),
        event({ anonymous_id: 'a', user_id: 'alice', occurred_at: at(2) }),
      ])
      const persons = await collector.rows<{ person: string; status: string }>(
        'select canonical_id::text as person, status from customers order by status',
      )
      expect(persons).toEqual([
        { person: alice, status: 'active' },
        { person: alice, status: 'merged' },
      ])
    })

    it('keeps the counts of its rows', async () => {
      await seen(0, { user: 'alice', cookie: 'z' })
      await seen(1, { cookie: 'a' })
      await seen(2, {
        cookie: 'a',
        user: 'alice',
        identities: [{ type: 'email_hash', value: 'a'.repeat(64) }],
      })
      const counts = await collector.rows(`
        select c.identity_count, c.merge_count, count(l.id)::integer as links
        from customers c join customer_identity_links l on l.customer_id = c.id
        group by c.website_id, c.id`)
      expect(counts).toEqual(
        expect.arrayContaining([
          { identity_count: 4, merge_count: 1, links: 4 },
          { identity_count: 1, merge_count: 1, links: 1 },
        ]),
      )
    })
  })

  describe('unmerge', () => {
    it('separates what came before the sign-in, and traffic does not repeat the merge', async () => {
      const alice = await seen(0, { user: 'alice' })
      const visitor = await seen(10, { cookie: 'a' })
      await seen(20, { cookie: 'a', user: 'alice' })
      await collector.db.query('delete from credit_queue')
      const outcome = await unmerge({ customer: visitor })
      expect(outcome).toMatchObject({
        undone: [{ from: visitor, into: alice, cause: 'sign_in' }],
        changes: [{ customer: visitor, before: alice, after: visitor }],
      })
      expect(await queued()).toEqual(
        sorted(alice, visitor).map((customer) => ({ customer, reason: 'unmerge' })),
      )
      await seen(15, { cookie: 'a', user: 'alice' })
      expect([
        await personOf(visitor),
        await seen(12, { cookie: 'a' }),
        await seen(30, { cookie: 'a' }),
      ]).toEqual([visitor, visitor, alice])
      expect(await merges()).toHaveLength(1)
    })

    it('is by the id of a merge, by a customer, or by two', async () => {
      const [a, b, c] = [
        await seen(0, { cookie: 'a' }),
        await seen(1, { cookie: 'b' }),
        await seen(2, { cookie: 'c' }),
      ]
      const first = await merge(a, b)
      await merge(b, c)
      expect((await unmerge({ customer: c, from: b })).undone).toEqual([])
      expect((await unmerge({ merge: first.merge ?? '' })).undone).toHaveLength(1)
      expect((await unmerge({ merge: first.merge ?? '' })).undone).toEqual([])
      expect((await unmerge({ customer: c })).undone).toHaveLength(1)
      expect([await personOf(a), await personOf(b), await personOf(c)]).toEqual([a, b, c])
    })

    it('of what does not exist says so', async () => {
      await expect(unmerge({ merge: '999999' })).rejects.toThrow('This website has no merge 999999.')
      await expect(unmerge({ customer: '999999' })).rejects.toThrow('This website has no customer 999999.')
    })

    it('lets a merge that it had blocked take effect', async () => {
      const [alice, bob] = [await seen(0, { user: 'alice' }), await seen(1, { user: 'bob' })]
      const visitor = await seen(10, { cookie: 'a' })
      await seen(20, { cookie: 'a', user: 'alice' })
      await seen(15, { cookie: 'a', user: 'bob' })
      expect(await personOf(visitor)).toBe(alice)
      expect(await conflicts()).toContainEqual({ kind: 'two_user_ids', status: 'open' })
      await unmerge({ customer: visitor, from: alice })
      expect(await personOf(visitor)).toBe(bob)
    })
  })

  describe('merge by hand', () => {
    it('makes one person, in either order, and says who did it and why', async () => {
      const visitor = await seen(0, { cookie: 'a' })
      const alice = await seen(1, { user: 'alice' })
      const outcome = await merge(alice, visitor, { reason: 'called us' })
      expect(outcome).toMatchObject({
        person: alice,
        changes: [{ customer: visitor, before: visitor, after: alice }],
      })
      expect(await collector.rows('select merged_by, reason, cause from customer_merges')).toEqual([
        { merged_by: 'cli', reason: 'called us', cause: 'manual' },
      ])
      expect(await merge(visitor, alice)).toEqual({ merge: null, person: alice, changes: [] })
    })

    it('unites two user ids only on request, with everyone who is part of them', async () => {
      const alice = await seen(0, { user: 'alice' })
      const visitor = await seen(1, { cookie: 'a' })
      await seen(2, { cookie: 'a', user: 'alice' })
      const bob = await seen(3, { user: 'bob' })
      await expect(merge(visitor, bob)).rejects.toThrow('have different user ids')
      expect(await merges()).toHaveLength(1)
      const { merge: id, person } = await merge(visitor, bob, { twoUserIds: 'unite' })
      expect([await personOf(visitor), await personOf(alice), await personOf(bob)]).toEqual([
        person,
        person,
        person,
      ])
      await unmerge({ merge: id ?? '' })
      expect([await personOf(visitor), await personOf(alice), await personOf(bob)]).toEqual([
        alice,
        alice,
        bob,
      ])
    })

    it('settles the conflict of the two, and undoing it opens the conflict again', async () => {
      const alice = await seen(0, { cookie: 'a', user: 'alice' })
      const bob = await seen(1, { cookie: 'a', user: 'bob' })
      expect(await conflicts()).toEqual([{ kind: 'two_user_ids', status: 'open' }])
      const { merge: id } = await merge(alice, bob, { twoUserIds: 'unite' })
      expect(await conflicts()).toEqual([{ kind: 'two_user_ids', status: 'merged' }])
      await unmerge({ merge: id ?? '' })
      expect(await conflicts()).toEqual([{ kind: 'two_user_ids', status: 'open' }])
    })

    it('refuses what cannot be merged', async () => {
      const visitor = await seen(0, { cookie: 'a' })
      await expect(merge(visitor, visitor)).rejects.toThrow('cannot be merged with itself')
      await expect(merge(visitor, '999999')).rejects.toThrow('This website has no customer 999999.')
    })

    it('refuses a person with too many customers', async () => {
      const visitor = await seen(0, { cookie: 'a' })
      const [first] = await collector.rows<{ id: string }>(`
        insert into customers (website_id, first_seen_at, last_seen_at)
        values (${collector.websiteId}, now(), now()) returning id::text`)
      await collector.db.query(`
        insert into customers (website_id, first_seen_at, last_seen_at, status, merged_into_id)
        select ${collector.websiteId}, now(), now(), 'merged', ${first?.id} from generate_series(2, ${maxCustomers})`)
      await collector.db.query(`
        insert into customer_merges (website_id, from_customer_id, into_customer_id, cause)
        select website_id, id, merged_into_id, 'manual' from customers where merged_into_id is not null`)
      await expect(merge(visitor, first?.id ?? '')).rejects.toThrow(
        `that would connect ${maxCustomers + 1} customers, and at most ${maxCustomers} are allowed`,
      )
    })
  })

  describe('a visitor who turns out to be someone else', () => {
    it('leaves the person that it was merged into', async () => {
      const alice = await seen(0, { user: 'alice' })
      const visitor = await seen(10, { cookie: 'a' })
      await seen(20, { cookie: 'a', user: 'alice' })
      await collector.db.query('delete from credit_queue')
      expect(await seen(15, { cookie: 'a', user: 'bob' })).toBe(visitor)
      expect([await personOf(visitor), await personOf(alice)]).toEqual([visitor, alice])
      expect(await queued()).toEqual(
        sorted(alice, visitor).map((customer) => ({ customer, reason: 'unmerge' })),
      )
      expect(await conflicts()).toContainEqual({ kind: 'two_user_ids', status: 'open' })
    })
  })

  describe('an e-mail', () => {
    const identities = [{ type: 'email_hash', value: 'b'.repeat(64) }]

    it('of an anonymous customer merges it into the customer who signs in with it', async () => {
      const visitor = await seen(0, { cookie: 'a', identities })
      const alice = await seen(1, { cookie: 'b', user: 'alice', identities })
      expect([await personOf(visitor), alice === visitor]).toEqual([alice, false])
      expect(await merges()).toMatchObject([{ cause: 'email_hash' }])
    })

    it('of a known customer merges an anonymous one by a secret token, and is a conflict by a public one', async () => {
      const alice = await seen(0, { user: 'alice', identities })
      const stranger = await seen(1, { cookie: 'c', identities })
      expect([await personOf(stranger), await conflicts()]).toEqual([
        stranger,
        [{ kind: 'shared_email', status: 'open' }],
      ])
      await collector.db.query('truncate customers, identities, events, event_dedup_keys cascade')
      const known = await seen(0, { user: 'alice', identities })
      const body = {
        v: 1,
        sent_at: at(3_600),
        events: [event({ anonymous_id: 'd', identities, occurred_at: at(2) })],
      }
      await collector.post(JSON.stringify(body), {
        headers: { authorization: `Bearer ${collector.secretToken}` },
      })
      expect(
        await collector.rows(
          'select count(distinct canonical_id)::float8 as persons, count(*)::float8 as n from customers',
        ),
      ).toEqual([{ persons: 1, n: 2 }])
      expect([alice === known, await personOf(known)]).toEqual([false, known])
    })

    it('of two known customers never merges them', async () => {
      const [alice, bob] = [
        await seen(0, { user: 'alice', identities }),
        await seen(1, { user: 'bob', identities }),
      ]
      expect([await personOf(alice), await personOf(bob)]).toEqual([alice, bob])
      expect(await conflicts()).toEqual([{ kind: 'shared_email', status: 'open' }])
    })
  })
})
