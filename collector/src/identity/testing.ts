/**
 * For tests: a slow, obvious model of identity, which keeps an owner for every instant of every cookie; and what of the stored
 * customers is not as their own rows say. Never shipped.
 */
import type { Queries } from '@headwater/db/db'
import { findPersons, type Merge } from './persons.ts'

/** An event of the model. Instants are small whole numbers, because the model looks at each of them. */
export interface ModelEvent {
  at: number
  cookie?: string
  user?: string
  email?: string
  isTrusted?: boolean
}

/** Something that happens. Customers are named by an event of theirs, by its index among all events so far. */
export type ModelStep =
  | { do: 'send'; events: ModelEvent[] }
  | { do: 'merge'; from: number; into: number; twoUserIds: 'refuse' | 'unite' }
  | { do: 'unmerge'; customer: number }

interface ModelCustomer {
  id: number
  user?: string
}

interface ModelMerge {
  from: ModelCustomer
  into: ModelCustomer
  isManual: boolean
  isUndone: boolean
}

/** Who had a cookie at each instant, and who had it for no time at all, at which instant. */
interface Timeline {
  owners: (ModelCustomer | undefined)[]
  passed: { at: number; customer: ModelCustomer }[]
}

interface Shown {
  customer: ModelCustomer
  isDisputed: boolean
}

/** What can be compared: of each event its customer and its person, each named by the first event of it, and the user id. */
export type Outcome = { customer: number; person: number; user: string | undefined }[]

export const lastInstant = 12

export function createModel() {
  const customers: ModelCustomer[] = []
  const owners: ModelCustomer[] = []
  const timelines = new Map<string, Timeline>()
  const showers = new Map<string, Shown[]>()
  const merges: ModelMerge[] = []

  function timelineOf(cookie: string): Timeline {
    const known = timelines.get(cookie)
    if (known) return known
    const timeline: Timeline = { owners: new Array(lastInstant + 1).fill(undefined), passed: [] }
    timelines.set(cookie, timeline)
    return timeline
  }

  function open(): ModelCustomer {
    const customer = { id: customers.length }
    customers.push(customer)
    return customer
  }

  /** The owner of the cookie at an instant, else its next owner. */
  function ownerAt({ owners: at, passed }: Timeline, instant: number): ModelCustomer | undefined {
    for (let i = instant; i <= lastInstant; i++) {
      const owner = at[i] ?? passed.find((pass) => pass.at === i + 1)?.customer
      if (owner) return owner
    }
    return undefined
  }

  /** The instants at which someone has the cookie without a break, from the one at or after `instant`. */
  function spanFrom({ owners: at }: Timeline, customer: ModelCustomer, instant: number) {
    let until = at.indexOf(customer, instant)
    if (until < 0) return undefined
    let from = until
    while (from > 0 && at[from - 1] === customer) from -= 1
    while (until <= lastInstant && at[until] === customer) until += 1
    return { from, until }
  }

  /** Two known customers have used it, and the first has left it by then. */
  const isShared = ({ owners: at, passed }: Timeline, instant: number): boolean =>
    passed.some((pass) => pass.customer.user !== undefined && pass.at <= instant) ||
    at.slice(0, instant).some((owner, i) => owner?.user !== undefined && at[i + 1] !== owner)

  function resolve({ at, cookie, user, email, isTrusted = false }: ModelEvent): ModelCustomer {
    const timeline = cookie === undefined ? undefined : timelineOf(cookie)
    const visitor = timeline && ownerAt(timeline, at)
    const isAnonymous = timeline && visitor && visitor.user === undefined && !isShared(timeline, at)
    let owner: ModelCustomer | undefined
    if (user !== undefined) {
      owner = customers.find((customer) => customer.user === user)
      if (owner && isAnonymous) takeOver(timeline, { from: visitor, into: owner, at })
      owner ??= isAnonymous ? visitor : open()
      owner.user = user
      if (timeline) keepApart(timeline, owner, at)
      if (timeline && !timeline.owners.some(Boolean) && timeline.passed.length === 0)
        timeline.owners.fill(owner, at)
    } else if (timeline) {
      owner = visitor ?? open()
      if (!visitor) timeline.owners.fill(owner, at)
    } else owner = (email && showers.get(email)?.[0]?.customer) || open()
    const isNobody = timeline && owner.user === undefined && isShared(timeline, at)
    if (email && !isNobody) show(email, owner, user !== undefined || isTrusted)
    return owner
  }

  function takeOver(
    timeline: Timeline,
    { from, into, at }: { from: ModelCustomer; into: ModelCustomer; at: number },
  ): void {
    const span = spanFrom(timeline, from, at)
    const passed = timeline.passed.find(({ customer }) => customer === from)
    const end = span?.until ?? passed?.at ?? at
    timeline.owners.fill(into, at, end)
    if (passed) passed.at = Math.min(passed.at, at)
    else if (span && span.from >= at) timeline.passed.push({ at, customer: from })
    record({ from, into })
  }

  function keepApart(timeline: Timeline, owner: ModelCustomer, at: number): void {
    const { owners: slots, passed } = timeline
    const all = [...slots, ...passed.map(({ customer }) => customer)]
    const others = new Set(all.filter((one) => one && one.user !== undefined && one !== owner))
    const [other] = others
    if (!other) return
    const start = Math.min(
      slots.includes(other) ? slots.indexOf(other) : Number.POSITIVE_INFINITY,
      passed.find(({ customer }) => customer === other)?.at ?? Number.POSITIVE_INFINITY,
    )
    if (others.size === 1 && start > at && !all.includes(owner)) slots.fill(owner, at, start)
    const current = slots[lastInstant]
    if (current?.user === undefined) return
    let from = lastInstant
    while (from > 0 && slots[from - 1] === current) from -= 1
    if (from >= at) passed.push({ at: from, customer: current })
    slots.fill(undefined, Math.max(from, at))
  }

  function show(email: string, owner: ModelCustomer, isProven: boolean): void {
    const shown = showers.get(email) ?? []
    showers.set(email, shown)
    if (shown.some(({ customer }) => customer === owner)) return
    const known = new Set(
      [owner, ...shown.map(({ customer }) => customer)].filter((one) => one.user !== undefined),
    )
    const isDisputed = shown.some((one) => one.isDisputed) || known.size > 1 || !isProven
    const other = shown.find(({ customer }) => customer.user !== undefined) ?? shown[0]
    shown.push({ customer: owner, isDisputed: other !== undefined && isDisputed })
    if (!other || isDisputed) return
    record(
      owner.user === undefined
        ? { from: owner, into: other.customer }
        : { from: other.customer, into: owner },
    )
  }

  function record(merge: Pick<ModelMerge, 'from' | 'into'>): void {
    const isKnown = merges.some(
      ({ from, into, isManual }) =>
        !isManual &&
        ((from === merge.from && into === merge.into) || (from === merge.into && into === merge.from)),
    )
    if (!isKnown) merges.push({ ...merge, isManual: false, isUndone: false })
  }

  /** The canonical customer of each customer, by painting everyone in the colour of whom they are merged with. */
  function persons(): Map<ModelCustomer, ModelCustomer> {
    const colour = new Map(customers.map((customer) => [customer, customer.id]))
    const hasUser = (wanted: number | undefined) =>
      customers.some((customer) => colour.get(customer) === wanted && customer.user !== undefined)
    const inForce = merges.filter(({ isUndone }) => !isUndone)
    for (const isManualsTurn of [true, false])
      for (const { from, into, isManual } of inForce) {
        const [one, other] = [colour.get(from), colour.get(into)]
        if (isManual !== isManualsTurn || one === other) continue
        if (!isManual && hasUser(one) && hasUser(other)) continue
        for (const customer of customers) if (colour.get(customer) === other) colour.set(customer, one ?? 0)
      }
    return new Map(
      customers.map((customer) => {
        const group = customers.filter((one) => colour.get(one) === colour.get(customer))
        return [customer, group.find(({ user }) => user !== undefined) ?? group[0] ?? customer]
      }),
    )
  }

  function merge({ from, into, twoUserIds }: ModelStep & { do: 'merge' }): void {
    const personOf = persons()
    const [one, other] = [from, into].map((index) => owners[index] && personOf.get(owners[index]))
    if (!one || !other || one === other) return
    if (one.user !== undefined && other.user !== undefined && twoUserIds === 'refuse') return
    merges.push({ from: one, into: other, isManual: true, isUndone: false })
  }

  function unmerge(customer: ModelCustomer | undefined): void {
    for (const each of merges) each.isUndone ||= each.from === customer || each.into === customer
  }

  function receive(events: readonly ModelEvent[]): void {
    const first = owners.length
    const indexed = events.map((event, i) => ({ event, i })).sort((a, b) => a.event.at - b.event.at)
    for (const { event, i } of indexed) owners[first + i] = resolve(event)
  }

  return {
    play(step: ModelStep): void {
      if (step.do === 'merge') merge(step)
      else if (step.do === 'unmerge') unmerge(owners[step.customer])
      else receive(step.events)
    },
    outcome: (): Outcome => {
      const personOf = persons()
      return nameByEvents(
        owners.map((owner) => ({ customer: owner, person: personOf.get(owner) ?? owner, user: owner.user })),
      )
    },
  }
}

interface Named<Customer> {
  customer: Customer
  person: Customer
  user: string | undefined
}

/** Names customers by the index of their first event, so that outcomes with different ids are comparable. */
export function nameByEvents<Customer>(events: readonly Named<Customer>[]): Outcome {
  const nameOf = (customer: Customer) => events.findIndex((event) => event.customer === customer)
  return events.map(({ customer, person, user }) => ({
    customer: nameOf(customer),
    person: nameOf(person),
    user,
  }))
}

/** Customers whose person or whose counts differ from what follows from the stored merges and links. Empty: all is right. */
export async function findInconsistencies(db: Queries): Promise<string[]> {
  const members = await db.query<{ id: string; hasUserId: boolean; person: string }>(
    `select id::text, user_identity_id is not null as "hasUserId", canonical_id::text as person from customers`,
  )
  const merges = await db.query<Merge>(
    `select id::text, from_customer_id::text as "from", into_customer_id::text as "into", cause
     from customer_merges where undone_at is null`,
  )
  const counted = await db.query<{ id: string }>(
    `select id::text from customers c
     where identity_count <> (select count(*) from customer_identity_links l where l.customer_id = c.id)
        or merge_count <> (select count(*) from customer_merges m where c.id in (m.from_customer_id, m.into_customer_id))`,
  )
  const { personOf } = findPersons(members, merges)
  return [
    ...members.flatMap(({ id, person }) =>
      person === personOf.get(id) ? [] : [`${id} is ${person}, not ${personOf.get(id)}`],
    ),
    ...counted.map(({ id }) => `${id} has wrong counts`),
  ]
}
