/** What the visitors of many websites send. */
import { expect, it } from 'vitest'
import { createVisits, returningVisitor, type Visits } from './visits.ts'

const websites = [
  { id: 1, token: 'a' },
  { id: 7, token: 'b' },
]

const visits = (fields: Partial<Visits> = {}): Visits => ({
  websites,
  sessionsAtOnce: 4,
  eventsPerSession: 5,
  inARow: 1,
  returning: { from: 0, until: 0 },
  ...fields,
})

function createEvents(plan: Visits, batches: number, size: number) {
  const next = createVisits(plan)
  return Array.from({ length: batches }, () => next(size)).flatMap(({ events }) => events)
}

it('a batch is of one website, and each website has its turn', () => {
  const next = createVisits(visits())
  const visitorsOf = (token: string) =>
    new Set(
      Array.from({ length: 10 }, () => next(4))
        .filter((batch) => batch.token === token)
        .flatMap(({ events }) => events.map(({ anonymous_id }) => anonymous_id)),
    )
  const [first, second] = [visitorsOf('a'), visitorsOf('b')]
  expect([first.size > 0, second.size > 0]).toEqual([true, true])
  expect([...first].filter((visitor) => second.has(visitor))).toEqual([])
})

it('a session ends after its events, and another one begins', () => {
  const events = createEvents(visits(), 100, 10)
  const counts = new Map<string, number>()
  for (const { session } of events) counts.set(session!.id, (counts.get(session!.id) ?? 0) + 1) // each has one
  expect(Math.max(...counts.values())).toBe(5)
  expect(counts.size).toBeGreaterThan(1_000 / 5 - 1)
})

it('about as many sessions begin in every batch', () => {
  const next = createVisits(
    visits({ websites: websites.slice(0, 1), sessionsAtOnce: 50, eventsPerSession: 10 }),
  )
  const seen = new Set<string>()
  const begun = Array.from({ length: 40 }, () => {
    const before = seen.size
    for (const { session } of next(50).events) seen.add(session!.id) // each has one
    return seen.size - before
  })
  expect(begun[0]).toBe(50)
  expect(new Set(begun.slice(1))).toEqual(new Set([5]))
})

it('`inARow` events of a batch come from the same visitor', () => {
  const [batch] = [createVisits(visits({ inARow: 3, eventsPerSession: 40 }))(9)]
  const visitors = batch.events.map(({ anonymous_id }) => anonymous_id)
  expect(new Set(visitors).size).toBe(3)
  expect(visitors[0]).toBe(visitors[2])
})

it('every second session is of a customer who comes back, each once, until they are used up', () => {
  const events = createEvents(visits({ returning: { from: 3, until: 6 } }), 40, 10)
  const back = events.filter(({ anonymous_id }) => anonymous_id?.startsWith('returning-'))
  expect(new Set(back.map(({ anonymous_id }) => anonymous_id))).toEqual(
    new Set([1, 7].flatMap((website) => [3, 4, 5].map((rank) => returningVisitor(website, rank)))),
  )
  expect(new Set(back.map(({ session }) => session?.id)).size).toBe(6)
})
