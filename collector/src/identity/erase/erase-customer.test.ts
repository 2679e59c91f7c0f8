import { onBothDatabases } from '@headwater/db/testing'
import { createJobWork } from '@headwater/jobs/background-jobs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { operations } from '../../operations.ts'
import { createTestCollector, event, session, type TestCollector } from '../../testing.ts'
import { eraseCustomer } from './erase-customer.ts'
import { doEraseStep } from './erase-step.ts'
import { createNeighbours, emailHash, type Neighbours, type Snapshot, takeSnapshot } from './testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(async () => {
    await collector.clear()
    await collector.db.session((session) =>
      session.script('delete from credit_queue; delete from erasures; delete from background_jobs;'),
    )
  })
  afterAll(() => collector.db.close())

  const erase = (name: object) =>
    operations['customer.erase'](collector, { website: collector.websiteId, ...name })
  const request = (customerId: string) => ({
    websiteId: collector.websiteId,
    customerId,
    by: 'test',
    at: collector.clock.now,
  })
  const secondsFromNow = (seconds: number) => new Date(collector.clock.now + seconds * 1_000).toISOString()

  describe('erasing a person among others', () => {
    let people: Neighbours
    let before: Snapshot
    let after: Snapshot

    async function eraseAlice() {
      people = await createNeighbours(collector)
      before = await takeSnapshot(collector)
      const receipt = await erase({ customer: people.alice })
      after = await takeSnapshot(collector)
      return receipt
    }
    const idsOf = (snapshot: Snapshot, table: string, owners: readonly string[]) =>
      new Set(
        (snapshot.get(table) ?? [])
          .filter(({ customer_id }) => owners.includes(String(customer_id)))
          .map(({ id }) => String(id)),
      )

    it('leaves no row that refers to them, in any table with such a column', async () => {
      await eraseAlice()
      const gone: Record<string, ReadonlySet<string>> = {
        customer: new Set(people.aliceIds),
        session: idsOf(before, 'sessions_tracking', people.aliceIds),
        touch: idsOf(before, 'touches', people.aliceIds),
        conversion: idsOf(before, 'conversions', people.aliceIds),
        canonical: new Set(people.aliceIds),
        merged_into: new Set(people.aliceIds),
      }
      const references = (snapshot: Snapshot) =>
        [...snapshot].flatMap(([table, rows]) =>
          rows.flatMap((row) =>
            Object.entries(row).flatMap(([column, value]) => {
              const [, kind = ''] =
                /(customer|session|touch|conversion|canonical|merged_into)_id$/.exec(column) ?? []
              const isId = kind !== '' && typeof value === 'number'
              return isId && gone[kind]?.has(String(value)) ? [`${table}.${column}`] : []
            }),
          ),
        )
      // A table that is not among them is not tested: give Alice a row in it.
      expect([...new Set(references(before))].filter((name) => /customer_id$/.test(name)).sort()).toEqual(
        await customerColumns(),
      )
      expect([...new Set(references(after))].sort()).toEqual(['erasures.customer_id', 'events.session_id'])
    })

    /** Of every table; `erasures` is the record itself. */
    async function customerColumns(): Promise<string[]> {
      const columns = await collector.rows<{ name: string }>(`
        select c.relname || '.' || a.attname as name
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
          and a.attname like '%customer\\_id' and c.relname not in ('erasures', 'organizations')
        order by 1`)
      return columns.map(({ name }) => name)
    }

    it('removes their rows, and leaves those of others as they were', async () => {
      await eraseAlice()
      const own = new Set(people.aliceIds)
      const conversions = idsOf(before, 'conversions', people.aliceIds)
      const touches = idsOf(before, 'touches', people.aliceIds)
      const isHers = (row: Record<string, unknown>) =>
        ['customer_id', 'from_customer_id', 'into_customer_id', 'other_customer_id'].some((column) =>
          own.has(String(row[column])),
        )
      const expected: Record<string, (row: Record<string, unknown>) => boolean> = {
        customers: ({ id }) => !own.has(String(id)),
        conversion_credits: ({ conversion_id, touch_id }) =>
          !conversions.has(String(conversion_id)) && !touches.has(String(touch_id)),
        credit_versions: ({ conversion_id }) => !conversions.has(String(conversion_id)),
        rejected_events: ({ identity_hashes }) =>
          !JSON.stringify(identity_hashes).includes(hashOf('user_id', 'alice')),
      }
      const changed = [
        'credit_queue',
        'erasures',
        'background_jobs',
        'identities',
        'customers',
        'conversions',
      ]
      for (const [table, rows] of before) {
        if (changed.includes(table)) continue
        const kept = rows.filter(expected[table] ?? ((row) => !isHers(row)))
        expect([table, after.get(table)]).toEqual([table, kept])
      }
      const without = (columns: string[]) => (row: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)))
      const others = (snapshot: Snapshot, table: string, columns: string[]) =>
        (snapshot.get(table) ?? [])
          .filter((row) => !isHers(row) && !own.has(String(row.id)))
          .map(without(columns))
      // The merges that named both are gone, and so is the session in which Bob bought.
      for (const [table, columns] of [
        ['customers', ['merge_count', 'updated_at']],
        ['conversions', ['session_id']],
        ['identities', ['erased_at', 'updated_at']],
      ] as const)
        expect(others(after, table, [...columns])).toEqual(others(before, table, [...columns]))
    })

    const hashOf = (type: string, value: string) =>
      collector.secrets.hashIdentity(collector.websiteId, type, value)

    it('returns a receipt of the rows, and stores it', async () => {
      const receipt = await eraseAlice()
      const count = (snapshot: Snapshot, table: string) => snapshot.get(table)?.length ?? 0
      for (const [table, removed] of Object.entries(receipt.rows)) {
        const added = table === 'credit_queue' ? queued(after).length : 0
        expect([table, count(before, table) - count(after, table) + added]).toEqual([table, removed])
      }
      expect(receipt).toMatchObject({
        customer_id: people.alice,
        customer_ids: people.aliceIds,
        erased_by: 'cli',
      })
      const [stored] = after.get('erasures') ?? []
      expect(stored?.receipt).toEqual({
        customer_ids: people.aliceIds,
        erased_at: secondsFromNow(0),
        identities: 4,
        rows: receipt.rows,
      })
    })

    it('puts the owner of a refund of their order on the queue', async () => {
      await eraseAlice()
      expect(new Set(queued(after))).toEqual(new Set([people.carol]))
    })

    const queued = (snapshot: Snapshot) =>
      (snapshot.get('credit_queue') ?? []).flatMap(({ reason, customer_id }) =>
        reason === 'erase' ? [String(customer_id)] : [],
      )
  })

  describe('after erasing', () => {
    const visit = { anonymous_id: 'd1', user_id: 'alice' }
    const lateVisit = () => event({ ...visit, occurred_at: secondsFromNow(-600) })

    async function eraseAlice(): Promise<void> {
      await collector.send([event({ ...visit, idempotency_key: 'known', session: session('s1') })])
      await erase({ type: 'user_id', value: 'alice' })
    }

    it('an event that occurred before is refused, with nothing of it kept but that it came', async () => {
      await eraseAlice()
      const late = { ...lateVisit(), idempotency_key: 'late', props: { secret: 'x' } }
      expect(await collector.send([late])).toMatchObject({
        accepted: 0,
        rejected: 1,
        results: [{ idempotency_key: 'late', status: 'rejected', code: 'erased' }],
      })
      const [kept] = await collector.rows<{ code: string; payload: string; identity_hashes: string }>(
        `select code, encode(payload, 'hex') as payload, identity_hashes::text from rejected_events`,
      )
      expect(kept).toMatchObject({ code: 'erased', identity_hashes: '{}' })
      expect(collector.secrets.decrypt(Buffer.from(kept?.payload ?? '', 'hex'))).toBe('{}')
      expect(await collector.count('events')).toBe(0)
      expect(
        await collector.rows('select received, stored, rejected from token_usages order by id desc limit 1'),
      ).toEqual([{ received: 1, stored: 0, rejected: 1 }])
    })

    it('an event that is rejected for another reason leaves nothing of theirs either, until they come back', async () => {
      const invalid = () =>
        event({
          user_id: 'alice',
          anonymous_id: 'd1',
          revenue_cents: 100,
          props: { address: 'Main street 1' },
        })
      const latest = () =>
        collector.rows<{ code: string; hashes: number; bytes: number }>(`
          select code, cardinality(identity_hashes) as hashes, length(payload)::integer as bytes
          from rejected_events order by id desc limit 1`)
      await eraseAlice()
      await collector.send([invalid()])
      expect(await latest()).toMatchObject([{ code: 'currency_required', hashes: 0 }])
      const [empty] = await latest()
      collector.clock.now += 60_000
      await collector.send([event({ ...visit, occurred_at: new Date(collector.clock.now).toISOString() })])
      await collector.send([invalid()])
      const [kept] = await latest()
      expect(kept?.hashes).toBeGreaterThan(0)
      expect(kept?.bytes).toBeGreaterThan(empty?.bytes ?? 0)
    })

    it('a refused event uses up no key, and neither do its copies', async () => {
      await eraseAlice()
      const late = { ...lateVisit(), idempotency_key: 'late' }
      expect(await collector.send([late, late])).toMatchObject({ accepted: 0, duplicate: 0, rejected: 2 })
      const corrected = { ...late, occurred_at: secondsFromNow(0) }
      expect(await collector.send([corrected])).toMatchObject({ accepted: 1 })
    })

    it('an event that was stored before remains a duplicate', async () => {
      await eraseAlice()
      const again = event({ ...visit, idempotency_key: 'known' })
      expect(await collector.send([again])).toMatchObject({ duplicate: 1, rejected: 0 })
    })

    it('the neighbours of a refused event in its batch are stored', async () => {
      await eraseAlice()
      const batch = [event({ anonymous_id: 'other' }), lateVisit(), event({ anonymous_id: 'other' })]
      expect(await collector.send(batch)).toMatchObject({
        accepted: 2,
        rejected: 1,
        results: [{ index: 1, code: 'erased' }],
      })
      expect(await collector.count('customers')).toBe(1)
    })

    it.each([
      ['the cookie', { anonymous_id: 'd1' }],
      ['the user id', { anonymous_id: 'd9', user_id: 'alice' }],
      ['the user id alone', { anonymous_id: undefined, user_id: 'alice' }],
    ])('%s is enough to refuse an event of before', async (_, fields) => {
      await eraseAlice()
      const late = event({ ...fields, occurred_at: secondsFromNow(-600) })
      expect(await collector.send([late])).toMatchObject({ results: [{ code: 'erased' }] })
    })

    it('a later event opens a new customer, without the past that it brings along', async () => {
      await eraseAlice()
      collector.clock.now += 60_000
      const old = {
        id: 's1',
        started_at: secondsFromNow(-180),
        landing_url: 'https://shop.example/?utm_source=ad',
      }
      const touch = {
        occurred_at: secondsFromNow(-300),
        url: 'https://shop.example/?utm_source=older',
        session_id: 's0',
      }
      const later = event({ ...visit, session: old, touches: [touch], occurred_at: secondsFromNow(-1) })
      expect(await collector.send([later])).toMatchObject({ accepted: 1 })
      expect(
        await collector.rows(`
          select s.started_at = e.occurred_at as begins_with_it, s.landing_url, s.utm_source_id,
            (select count(*)::float8 from touches) as touches
          from events e join sessions_tracking s on s.id = e.session_id`),
      ).toEqual([{ begins_with_it: true, landing_url: null, utm_source_id: null, touches: 0 }])
      const next = event({ ...visit, session: old, occurred_at: secondsFromNow(0) })
      expect(await collector.send([next])).toMatchObject({ accepted: 1 })
      expect([await collector.count('sessions_tracking'), await collector.count('customers')]).toEqual([1, 1])
      collector.clock.now -= 60_000
    })

    it('a later event without a session opens a new one', async () => {
      await collector.send([event({ ...visit, occurred_at: secondsFromNow(-60) })])
      await erase({ type: 'cookie', value: 'd1' })
      expect(await collector.send([event({ ...visit, occurred_at: secondsFromNow(0) })])).toMatchObject({
        accepted: 1,
      })
      expect(await collector.rows('select count(*)::float8 as n from sessions_tracking')).toEqual([{ n: 1 }])
    })

    it('a device that another person had taken over stays theirs', async () => {
      const anonymous = (seconds: number) =>
        event({ anonymous_id: 'd1', occurred_at: secondsFromNow(seconds) })
      await collector.send([event({ ...visit, occurred_at: secondsFromNow(-900) })])
      await collector.send([event({ anonymous_id: 'd1', user_id: 'bob', occurred_at: secondsFromNow(-600) })])
      await erase({ type: 'user_id', value: 'alice' })
      const receipt = await collector.send([
        anonymous(-800),
        event({ anonymous_id: 'd1', user_id: 'bob', occurred_at: secondsFromNow(-500) }),
        anonymous(-400),
      ])
      expect(receipt).toMatchObject({ accepted: 2, results: [{ index: 0, code: 'erased' }] })
    })
  })

  it('costs no one else an event, whoever’s e-mail that shows', async () => {
    const shown = (seconds: number) => ({
      occurred_at: secondsFromNow(seconds),
      identities: [{ type: 'email_hash', value: emailHash('a@example.com') }],
    })
    await collector.send([event({ anonymous_id: 'd1', user_id: 'alice', ...shown(-900) })])
    await collector.send([event({ anonymous_id: 'd2', user_id: 'bob', ...shown(-800) })])
    await erase({ type: 'user_id', value: 'alice' })
    const bobs = event({ anonymous_id: 'd2', user_id: 'bob', ...shown(-700) })
    expect(await collector.send([bobs])).toMatchObject({ accepted: 1 })
    expect(await collector.send([event({ anonymous_id: 'd3', ...shown(-700) })])).toMatchObject({
      results: [{ code: 'erased' }],
    })
  })

  describe('an erasure', () => {
    it('that is interrupted keeps the person from coming back, and goes on when it is repeated', async () => {
      await createNeighbours(collector)
      const { alice } = { alice: await idOf('alice') }
      const first = await eraseCustomer(collector.db, request(alice), { patienceMs: 0 })
      expect(first.finished_at).toBeNull()
      const late = event({ user_id: 'alice', occurred_at: secondsFromNow(-60) })
      expect(await collector.send([late])).toMatchObject({ results: [{ code: 'erased' }] })
      const now = event({ user_id: 'alice', anonymous_id: 'd2', occurred_at: secondsFromNow(0) })
      expect(await collector.send([now])).toMatchObject({ accepted: 1 })
      const last = await eraseCustomer(collector.db, request(alice), { rowsPerStep: 1 })
      expect(last).toMatchObject({ id: first.id, finished_at: expect.any(Date), rows: { events: 5 } })
      expect(
        await collector.rows(
          `select count(*)::float8 as n from customers where user_identity_id is not null`,
        ),
      ).toEqual([{ n: 3 }])
    })

    it('is found by an identity of the person while it goes on', async () => {
      await createNeighbours(collector)
      const begun = await eraseCustomer(collector.db, request(await idOf('alice')), { patienceMs: 0 })
      expect(await erase({ type: 'email', value: ' A@example.com ' })).toMatchObject({ id: begun.id })
    })

    it('is finished by the background job if its caller does not', async () => {
      await createNeighbours(collector)
      await eraseCustomer(collector.db, request(await idOf('alice')), { patienceMs: 0 })
      const work = createJobWork({
        db: collector.db,
        kinds: { erase: doEraseStep },
        onError: (error) => collector.errors.push(error),
      })
      expect(await work()).toBe(false) // its caller may still be at work
      await collector.db.query('update background_jobs set run_at = now()')
      while (await work());
      expect(
        await collector.rows(
          `select receipt ? 'pending' as open, receipt -> 'rows' -> 'events' as events from erasures`,
        ),
      ).toEqual([{ open: false, events: 5 }])
      expect(await collector.rows('select status from background_jobs')).toEqual([{ status: 'done' }])
    })

    it('of a person who is erased already is answered with the same receipt', async () => {
      const { alice, aliceIds } = await createNeighbours(collector)
      const first = await erase({ customer: alice })
      for (const customer of aliceIds) expect(await erase({ customer })).toEqual(first)
      expect(await erase({ type: 'user_id', value: 'alice' })).toEqual(first)
      expect(await collector.count('erasures')).toBe(1)
    })

    it('by an identity that two erasures may have marked is refused', async () => {
      await createNeighbours(collector)
      await erase({ type: 'user_id', value: 'alice' })
      await erase({ type: 'user_id', value: 'bob' })
      await collector.rows(
        `update erasures set receipt = jsonb_set(receipt, '{erased_at}', (select e.receipt -> 'erased_at' from erasures e order by id limit 1))`,
      )
      await expect(erase({ type: 'user_id', value: 'alice' })).rejects.toThrow('was erased on 2026-11-20')
    })

    it('of an unknown customer is refused', async () => {
      await expect(erase({ customer: '999999' })).rejects.toThrow('This website has no customer 999999')
      await expect(erase({ type: 'user_id', value: 'nobody' })).rejects.toThrow(
        'no customer with this identity. Check the type and the value',
      )
      await expect(erase({})).rejects.toThrow('`customer` is missing')
    })

    const idOf = async (user: string): Promise<string> => {
      const view = await operations['customer.show'](collector, {
        website: collector.websiteId,
        type: 'user_id',
        value: user,
      })
      return view.id
    }

    it('holds against events of the person that arrive meanwhile', async () => {
      const devices = ['r1', 'r2', 'r3']
      const fields = () => ({
        user_id: 'racer',
        identities: [{ type: 'email_hash', value: emailHash('r@example.com') }],
      })
      const batch = (anonymous_id: string, n: number) =>
        Array.from({ length: 5 }, (_, i) =>
          event({
            anonymous_id,
            ...fields(),
            session: session(`r-${anonymous_id}`),
            occurred_at: secondsFromNow(-600 + n * 5 + i),
          }),
        )
      for (const device of devices) await collector.send(batch(device, 0))
      const id = await idOf('racer')
      const sent = devices.flatMap((device) =>
        Array.from({ length: 8 }, (_, n) => collector.send(batch(device, n + 1))),
      )
      const erased = erase({ customer: id })
      const receipts = await Promise.all(sent)
      const receipt = await erased
      for (const { accepted, rejected, duplicate } of receipts)
        expect(accepted + rejected + duplicate).toBe(5)
      expect(receipt.finished_at).not.toBeNull()
      for (const table of ['customers', 'events', 'sessions_tracking', 'touches', 'conversions'])
        expect([table, await collector.count(table)]).toEqual([table, 0])
      const accepted = receipts.reduce((sum, one) => sum + one.accepted, 0)
      expect(receipt.rows.events).toBe(accepted + 15)
    })

    it('asked for several times at once has one receipt', async () => {
      const { alice } = await createNeighbours(collector)
      const receipts = await Promise.all(Array.from({ length: 4 }, () => erase({ customer: alice })))
      expect(new Set(receipts.map(({ id }) => id)).size).toBe(1)
      expect(await collector.count('erasures')).toBe(1)
    })
  })
})
