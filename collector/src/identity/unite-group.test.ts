import type { Db, Queries } from '@headwater/db/db'
import { constraintOf } from '@headwater/db/db'
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestCollector, event, type TestCollector } from '../testing.ts'
import { maxConnected } from './caps.ts'
import { type IdentityRef, identityRef } from './customer.ts'
import { lockIdentities } from './load-customers.ts'
import { mergeCustomers } from './merge.ts'
import { resolveCustomers } from './resolve-customers.ts'
import { saveCustomers } from './save-customers.ts'

/** A database that counts the round trips of its latest transaction: what is sent while others are answered is no new one. */
function countingTrips(db: Db) {
  let trips = 0
  let waiting = 0
  const counted: Db = {
    ...db,
    transaction: (work) =>
      db.transaction((tx) => {
        trips = 0
        const query: Queries['query'] = async (sql, params) => {
          if (waiting === 0) trips += 1
          waiting += 1
          try {
            return await tx.query(sql, params)
          } finally {
            waiting -= 1
          }
        }
        return work({ query, commit: tx.commit })
      }),
  }
  return { db: counted, trips: () => trips }
}

onBothDatabases((open) => {
  let collector: TestCollector
  let trips: () => number

  beforeAll(async () => {
    const counting = countingTrips(await open())
    trips = counting.trips
    collector = await createTestCollector(counting.db)
  })
  beforeEach(() => collector.clear())
  afterAll(() => collector.db.close())

  const at = (seconds: number) => new Date(collector.clock.now - 600_000 + seconds * 1_000).toISOString()
  const send = (...events: object[]) =>
    collector.send(
      events.map((fields, i) => event({ occurred_at: at(i), anonymous_id: undefined, ...fields })),
    )

  describe('a group', () => {
    it('without a merge takes two round trips, also when it makes customers known', async () => {
      await send({ anonymous_id: 'a' }, { anonymous_id: 'b', user_id: 'bob' })
      expect(trips()).toBe(2)
      await send({ anonymous_id: 'a', user_id: 'alice' }, { anonymous_id: 'c', user_id: 'bob' })
      expect(trips()).toBe(2)
    })

    it('that only finds conflicts takes two', async () => {
      await send({ anonymous_id: 'a', user_id: 'alice' }, { anonymous_id: 'a', user_id: 'bob' })
      expect([trips(), await collector.count('identity_conflicts')]).toEqual([2, 1])
    })

    it('that merges takes four', async () => {
      await send({ user_id: 'alice' }, { anonymous_id: 'a' })
      await send({ anonymous_id: 'a', user_id: 'alice' })
      expect([trips(), await collector.count('customer_merges')]).toEqual([4, 1])
    })
  })

  it('a customer who gets a user id while someone merges it is decided again', async () => {
    await send({ anonymous_id: 'a' }, { user_id: 'alice' })
    const hashed = (type: string, value: string): IdentityRef =>
      identityRef(collector.websiteId, type, collector.secrets.hashIdentity(collector.websiteId, type, value))
    const [cookie, user] = [hashed('cookie', 'a'), hashed('user_id', 'bob')]
    const { websiteId } = collector
    const bobs = {
      websiteId,
      eventId: '1',
      isTrusted: false,
      occurredAt: collector.clock.now,
      cookie,
      user,
      others: [],
    }
    const known = await collector.db.transaction((tx) => lockIdentities(tx, [bobs]))
    const ids = await collector.rows<{ id: string }>(
      'select id::text from customers order by user_identity_id nulls first',
    )
    const [visitor = '', alice = ''] = ids.map(({ id }) => id)
    await mergeCustomers(collector.db, { websiteId, from: visitor, into: alice, by: 'cli' })
    const resolved = resolveCustomers([bobs], known, () => '1')
    const saved = collector.db.transaction((tx) => saveCustomers(tx, resolved, known))
    expect(constraintOf(await saved.catch((error: unknown) => error))).toBe('customer_user_id_is_an_identity')
  })

  it('merges connect only as many customers as can be computed at once; the rest is a conflict', async () => {
    await send({ user_id: 'alice' }, { anonymous_id: 'a' })
    await collector.db.query(`
      insert into customers (website_id, first_seen_at, last_seen_at)
      select ${collector.websiteId}, now(), now() from generate_series(1, ${maxConnected - 1})`)
    await collector.db.query(`
      insert into customer_merges (website_id, from_customer_id, into_customer_id, cause)
      select c.website_id, c.id, alice.id, 'sign_in'
      from customers c, (select id from customers where user_identity_id is not null) alice
      where c.user_identity_id is null and not exists (select from customer_identity_links l where l.customer_id = c.id)`)
    await send({ anonymous_id: 'a', user_id: 'alice' })
    expect(await collector.count('customer_merges')).toBe(maxConnected - 1)
    expect(await collector.rows('select kind from identity_conflicts')).toEqual([{ kind: 'too_many_merges' }])
  })
})
