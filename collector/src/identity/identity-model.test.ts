/** Random histories, compared with a slow, obvious model and with themselves. */
import { onBothDatabases } from '@headwater/db/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OperationError } from '../operation-error.ts'
import { createTestCollector, event, type TestCollector } from '../testing.ts'
import { type Customer, newCustomer } from './customer.ts'
import { mergeCustomers, unmergeCustomers } from './merge.ts'
import { findPersons, type Merge } from './persons.ts'
import { type Claim, type Ledger, resolveOwners } from './resolve.ts'
import {
  createModel,
  findInconsistencies,
  lastInstant,
  type ModelEvent,
  type ModelStep,
  nameByEvents,
  type Outcome,
} from './testing.ts'

/** Each history takes dozens of transactions, on a machine that may be busy. */
const patienceMs = 120_000

const sometimes = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 })

const modelEvent: fc.Arbitrary<ModelEvent> = fc
  .record({
    at: fc.nat({ max: lastInstant - 1 }),
    cookie: fc.option(fc.constantFrom('laptop', 'phone', 'kiosk'), { nil: undefined, freq: 5 }),
    user: sometimes(fc.constantFrom('alice', 'bob', 'carol')),
    email: fc.option(fc.constantFrom('a', 'b'), { nil: undefined, freq: 1 }),
    isTrusted: fc.boolean(),
  })
  .filter(({ cookie, user, email }) => cookie !== undefined || user !== undefined || email !== undefined)

const send = fc
  .record({ events: fc.array(modelEvent, { minLength: 1, maxLength: 3 }), isTrusted: fc.boolean() })
  // The token is that of the batch.
  .map(
    ({ events, isTrusted }): ModelStep => ({
      do: 'send',
      events: events.map((one) => ({ ...one, isTrusted })),
    }),
  )

const anyEvent = fc.nat({ max: 30 })
const anyMerge: fc.Arbitrary<ModelStep> = fc.record({
  do: fc.constant('merge' as const),
  from: anyEvent,
  into: anyEvent,
  twoUserIds: fc.constantFrom('refuse' as const, 'unite' as const),
})
const anyUnmerge: fc.Arbitrary<ModelStep> = fc.record({
  do: fc.constant('unmerge' as const),
  customer: anyEvent,
})

/** Events mostly, then merges, and few that undo them. */
const steps = fc.array(
  fc.oneof(
    { arbitrary: send, weight: 8 },
    { arbitrary: anyMerge, weight: 2 },
    { arbitrary: anyUnmerge, weight: 1 },
  ),
  { minLength: 1, maxLength: 14 },
)

/** Plays steps by the rules themselves, without a database. */
function createRules() {
  const ledger: Ledger = new Map()
  const customers: Customer[] = []
  const owners: Customer[] = []
  const merges: (Merge & { isUndone: boolean })[] = []

  const personOf = () =>
    findPersons(
      customers.map(({ id, user }) => ({ id, hasUserId: user !== null })),
      merges.filter(({ isUndone }) => !isUndone),
    ).personOf
  const find = (id: string | undefined) => customers.find((customer) => customer.id === id) as Customer
  const record = (from: string, into: string, cause: Merge['cause']) =>
    merges.push({ id: String(merges.length + 1), from, into, cause, isUndone: false })

  function open({ websiteId, occurredAt }: Claim): Customer {
    const customer = newCustomer({ websiteId, id: String(customers.length + 1) }, occurredAt)
    customers.push(customer)
    return customer
  }

  function receive(events: readonly ModelEvent[]): void {
    const claims = events.map(({ at, email, isTrusted = false, ...ids }): Claim => {
      const emails = email === undefined ? [] : [email]
      return { ...ids, websiteId: '1', eventId: '1', occurredAt: at, others: emails, emails, isTrusted }
    })
    const resolved = resolveOwners(claims, ledger, open)
    owners.push(...resolved.owners)
    for (const { from, into, cause } of resolved.merges) {
      const isKnown = merges.some(
        (one) =>
          one.cause !== 'manual' &&
          [from.id, into.id].includes(one.from) &&
          [from.id, into.id].includes(one.into),
      )
      if (!isKnown) record(from.id, into.id, cause)
    }
  }

  function merge({ from, into, twoUserIds }: ModelStep & { do: 'merge' }): void {
    const persons = personOf()
    const [one, other] = [from, into].map((index) => owners[index] && find(persons.get(owners[index].id)))
    if (!one || !other || one === other) return
    if (one.user !== null && other.user !== null && twoUserIds === 'refuse') return
    record(one.id, other.id, 'manual')
  }

  function unmerge(id: string | undefined): void {
    for (const each of merges) each.isUndone ||= each.from === id || each.into === id
  }

  return {
    play(step: ModelStep): void {
      if (step.do === 'send') receive(step.events)
      else if (step.do === 'merge') merge(step)
      else unmerge(owners[step.customer]?.id)
    },
    outcome(): Outcome {
      const persons = personOf()
      return nameByEvents(
        owners.map((owner) => ({
          customer: owner,
          person: find(persons.get(owner.id)),
          user: owner.user ?? undefined,
        })),
      )
    },
  }
}

describe('the rules', () => {
  it('agree with the model on any history', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const [rules, model] = [createRules(), createModel()]
        for (const step of history) {
          rules.play(step)
          model.play(step)
          expect(rules.outcome()).toEqual(model.outcome())
        }
      }),
      { numRuns: 1_500 },
    )
  })

  it('never make two user ids one person without an operator', () => {
    fc.assert(
      fc.property(fc.array(send, { maxLength: 12 }), (history) => {
        const rules = createRules()
        for (const step of history) rules.play(step)
        const users = new Map<number, Set<string>>()
        for (const { person, user } of rules.outcome())
          if (user !== undefined) users.set(person, (users.get(person) ?? new Set()).add(user))
        for (const of of users.values()) expect(of.size).toBe(1)
      }),
      { numRuns: 1_000 },
    )
  })

  it('give the later anonymous events of a shared device to neither of its users, whatever came in which order', () => {
    const ofKiosk = fc.array(
      fc.record({ at: fc.nat({ max: lastInstant - 3 }), user: sometimes(fc.constantFrom('alice', 'bob')) }),
      { maxLength: 6 },
    )
    const elsewhere = fc.array(
      fc.record({ at: fc.nat({ max: lastInstant - 1 }), user: fc.constantFrom('alice', 'bob') }),
      { maxLength: 2 },
    )
    fc.assert(
      fc.property(elsewhere, ofKiosk, fc.infiniteStream(fc.nat({ max: 2 })), (known, events, sizes) => {
        const rules = createRules()
        if (known.length > 0) rules.play({ do: 'send', events: known })
        const waiting: ModelEvent[] = [...events, { at: 5, user: 'alice' }, { at: 4, user: 'bob' }].map(
          (one) => ({
            ...one,
            cookie: 'kiosk',
          }),
        )
        while (waiting.length > 0)
          rules.play({ do: 'send', events: waiting.splice(0, 1 + (sizes.next().value ?? 0)) })
        rules.play({ do: 'send', events: [{ at: lastInstant - 1, cookie: 'kiosk' }] })
        const outcome = rules.outcome()
        const anonymous = outcome.at(-1)
        expect(anonymous?.user).toBe(undefined)
        const ofUsers = outcome.filter(({ user }) => user !== undefined).map(({ person }) => person)
        expect(ofUsers).not.toContain(anonymous?.person)
      }),
      { numRuns: 1_000 },
    )
  })
})

onBothDatabases((openDb) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await openDb())
  })
  beforeEach(() => collector.clear())
  afterAll(() => collector.db.close())

  const wholeRows = {
    customers: 'first_seen_at, last_seen_at, email_hash',
    links: 'first_seen_at, ended_at, confidence',
  }

  /** Plays steps through the collector. */
  function createStored() {
    const keys: string[] = []
    const toWire = ({ at, cookie, user, email }: ModelEvent) => {
      const identities = email === undefined ? undefined : [{ type: 'email_hash', value: email.repeat(64) }]
      const occurred_at = new Date(collector.clock.now - 600_000 + at * 1_000).toISOString()
      const wire = event({ occurred_at, anonymous_id: cookie, user_id: user, identities })
      keys.push(wire.idempotency_key)
      return { ...wire, name: `event ${keys.length - 1}` }
    }
    const customerOf = async (index: number): Promise<string | undefined> =>
      (
        await collector.db.query<{ id: string }>(
          'select customer_id::text as id from events where name = $1::text',
          [`event ${index}`],
        )
      )[0]?.id

    async function receive(events: readonly ModelEvent[]): Promise<void> {
      const token = events[0]?.isTrusted ? collector.secretToken : collector.publicToken
      const body = { v: 1, sent_at: new Date(collector.clock.now).toISOString(), events: events.map(toWire) }
      const { status } = await collector.post(JSON.stringify(body), {
        headers: { authorization: `Bearer ${token}` },
      })
      expect(status).toBe(200)
    }

    return {
      /** Returns the id of the merge, if that was the step. */
      async play(step: ModelStep): Promise<string | null> {
        const { db, websiteId } = collector
        if (step.do === 'send') {
          await receive(step.events)
          return null
        }
        if (step.do === 'unmerge') {
          const customer = await customerOf(step.customer)
          if (customer) await unmergeCustomers(db, { websiteId, customer, by: 'cli' })
          return null
        }
        const [from, into] = [await customerOf(step.from), await customerOf(step.into)]
        if (!from || !into || from === into) return null
        const { twoUserIds } = step
        return mergeCustomers(db, { websiteId, from, into, by: 'cli', twoUserIds }).then(
          ({ merge: id }) => id,
          (error: unknown) => {
            if (error instanceof OperationError) return null
            throw error
          },
        )
      },
      async outcome(): Promise<Outcome> {
        const users = new Map(
          ['alice', 'bob', 'carol'].map((user) => [
            collector.secrets.hashIdentity(collector.websiteId, 'user_id', user),
            user,
          ]),
        )
        const rows = await collector.rows<{ customer: string; person: string; hash: string | null }>(`
          select e.customer_id::text as customer, c.canonical_id::text as person, u.value_hash as hash
          from events e
          join customers c on c.website_id = e.website_id and c.id = e.customer_id
          left join identities u on u.website_id = c.website_id and u.id = c.user_identity_id
          order by substr(e.name, 7)::integer`)
        return nameByEvents(
          rows.map(({ customer, person, hash }) => ({
            customer,
            person,
            user: hash ? users.get(hash) : undefined,
          })),
        )
      },
      /** All rows of customers and links, with customers named by their first event. */
      async rows() {
        const first = `(select min(substr(e.name, 7)::integer) from events e where e.customer_id = c.id)`
        return [
          await collector.rows(
            `select ${first} as name, status, ${wholeRows.customers} from customers c order by 1`,
          ),
          await collector.rows(`
            select ${first} as name, i.value_hash, l.first_seen_at, l.ended_at, l.confidence
            from customer_identity_links l
            join customers c on c.id = l.customer_id
            join identities i on i.id = l.identity_id
            order by 1, 2, 3, 4`),
        ]
      },
    }
  }

  it(
    'the collector agrees with the model on any history',
    async () => {
      await fc.assert(
        fc
          .asyncProperty(steps, async (history) => {
            const [stored, model] = [createStored(), createModel()]
            for (const step of history) {
              await stored.play(step)
              model.play(step)
            }
            expect(await stored.outcome()).toEqual(model.outcome())
            expect(await findInconsistencies(collector.db)).toEqual([])
          })
          .beforeEach(() => collector.clear()),
        { numRuns: 10 },
      )
    },
    patienceMs,
  )

  it(
    'a merge, any further events, and undoing it leave the same rows as those events without the merge',
    async () => {
      const histories = fc.record({
        before: fc.array(send, { minLength: 2, maxLength: 4 }),
        merge: anyMerge,
        after: fc.array(send, { maxLength: 4 }),
      })
      await fc.assert(
        fc
          .asyncProperty(histories, async ({ before, merge: step, after }) => {
            const merged = createStored()
            for (const each of before) await merged.play(each)
            const id = await merged.play(step)
            for (const each of after) await merged.play(each)
            if (id)
              await unmergeCustomers(collector.db, { websiteId: collector.websiteId, merge: id, by: 'cli' })
            const withMerge = [await merged.rows(), await merged.outcome()]

            await collector.clear()
            const plain = createStored()
            for (const each of [...before, ...after]) await plain.play(each)
            expect(withMerge).toEqual([await plain.rows(), await plain.outcome()])
          })
          .beforeEach(() => collector.clear()),
        { numRuns: 8 },
      )
    },
    patienceMs,
  )
})
