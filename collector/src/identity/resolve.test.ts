import { describe, expect, it } from 'vitest'
import { maxIdentities, maxMerges } from './caps.ts'
import { newCustomer } from './customer.ts'
import { type Claim, type Ledger, resolveOwners } from './resolve.ts'

/** A ledger that persists across calls, like the database. */
function createLedger() {
  const ledger: Ledger = new Map()
  let lastId = 0
  const open = (claim: Claim) => {
    lastId += 1
    return newCustomer({ websiteId: claim.websiteId, id: `c${lastId}` }, claim.occurredAt)
  }
  const claimOf = (claim: Partial<Claim>, i: number): Claim => ({
    websiteId: '1',
    eventId: `e${i}`,
    occurredAt: 0,
    others: [],
    emails: [],
    isTrusted: false,
    ...claim,
  })
  const ownersOf = (...claims: Partial<Claim>[]) => resolveOwners(claims.map(claimOf), ledger, open)
  return {
    ledger,
    ownersOf,
    ids: (...claims: Partial<Claim>[]) => ownersOf(...claims).owners.map(({ id }) => id),
    /** The merges of these claims, as `from>into cause`. */
    mergesOf: (...claims: Partial<Claim>[]) =>
      ownersOf(...claims).merges.map(({ from, into, cause }) => `${from.id}>${into.id} ${cause}`),
    /** The conflicts of these claims, as `kind customer other`. */
    conflictsOf: (...claims: Partial<Claim>[]) =>
      ownersOf(...claims).conflicts.map(({ kind, customer, other }) => `${kind} ${customer.id} ${other?.id}`),
    /** All owners that an identity has had, as `customer from-until`. */
    historyOf: (identity: string) =>
      ledger
        .get(identity)
        ?.map(({ customer, startedAt, endedAt }) => `${customer.id} ${startedAt}-${endedAt ?? ''}`),
  }
}

describe('an anonymous visitor', () => {
  it('is one customer as long as the cookie lasts', () => {
    const book = createLedger()
    expect(book.ids({ cookie: 'a', occurredAt: 1 }, { cookie: 'a', occurredAt: 2 })).toEqual(['c1', 'c1'])
    expect(book.ids({ cookie: 'a', occurredAt: 3 }, { cookie: 'b', occurredAt: 3 })).toEqual(['c1', 'c2'])
  })

  it('becomes the known customer at the first identify, with its history', () => {
    const book = createLedger()
    const { owners, links } = book.ownersOf(
      { cookie: 'a', occurredAt: 1 },
      { cookie: 'a', user: 'alice', occurredAt: 2 },
    )
    expect(owners[0]).toBe(owners[1])
    expect(owners[0]?.user).toBe('alice')
    expect(links.map(({ identity }) => identity)).toEqual(['a', 'alice'])
  })

  it('is resolved by time, not by position in the batch', () => {
    const book = createLedger()
    expect(book.ids({ cookie: 'a', user: 'alice', occurredAt: 9 }, { cookie: 'a', occurredAt: 1 })).toEqual([
      'c1',
      'c1',
    ])
  })
})

describe('two user ids', () => {
  it('are two customers on one browser, even if the second is new', () => {
    const book = createLedger()
    expect(
      book.ids(
        { cookie: 'a', occurredAt: 1 },
        { cookie: 'a', user: 'alice', occurredAt: 2 },
        { cookie: 'a', user: 'bob', occurredAt: 3 },
      ),
    ).toEqual(['c1', 'c1', 'c2'])
  })

  it('leave the shared cookie to a new customer', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', user: 'alice', occurredAt: 1 }, { cookie: 'a', user: 'bob', occurredAt: 5 })
    expect(book.ids({ cookie: 'a', occurredAt: 6 })).toEqual(['c3'])
    expect(
      book.ids({ cookie: 'a', user: 'alice', occurredAt: 7 }, { cookie: 'a', user: 'bob', occurredAt: 8 }),
    ).toEqual(['c1', 'c2'])
  })

  it('keep offline events with the owner of the cookie at their time', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', user: 'alice', occurredAt: 1 }, { cookie: 'a', user: 'bob', occurredAt: 5 })
    expect(book.ids({ cookie: 'a', occurredAt: 4 })).toEqual(['c1'])
  })

  it('reported late do not affect later owners', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', user: 'alice', occurredAt: 10 }, { cookie: 'a', user: 'bob', occurredAt: 20 })
    expect(book.ids({ cookie: 'a', occurredAt: 100 })).toEqual(['c3'])
    expect(book.ids({ cookie: 'a', user: 'dave', occurredAt: 15 })).toEqual(['c4'])
    expect(book.ids({ cookie: 'a', occurredAt: 101 })).toEqual(['c3'])
  })

  it('share the device in whatever order they are reported', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', user: 'eve', occurredAt: 60 })
    expect(book.conflictsOf({ cookie: 'a', user: 'fred', occurredAt: 30 })).toEqual(['two_user_ids c2 c1'])
    expect(book.historyOf('a')).toEqual(['c1 60-60', 'c2 30-60'])
    expect(book.ids({ cookie: 'a', occurredAt: 40 }, { cookie: 'a', occurredAt: 70 })).toEqual(['c2', 'c3'])
  })

  it('leave a shared cookie permanently: its anonymous events do not go to a user who signs in there again', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', user: 'alice', occurredAt: 1 }, { cookie: 'a', user: 'bob', occurredAt: 5 })
    book.ids({ cookie: 'a', occurredAt: 6 })
    const { owners, merges } = book.ownersOf(
      { cookie: 'a', user: 'alice', occurredAt: 7 },
      { cookie: 'a', user: 'carol', occurredAt: 8 },
      { cookie: 'a', occurredAt: 9 },
    )
    expect([owners.map(({ id }) => id), merges]).toEqual([['c1', 'c4', 'c3'], []])
  })

  it('end the earlier ownership when the second is known from another device', () => {
    const book = createLedger()
    book.ids({ cookie: 'b', user: 'bob', occurredAt: 1 }, { cookie: 'a', user: 'alice', occurredAt: 2 })
    const { owners, merges } = book.ownersOf({ cookie: 'a', user: 'bob', occurredAt: 3 })
    expect([owners[0]?.user, merges]).toEqual(['bob', []])
    expect(book.historyOf('a')).toEqual(['c2 2-3'])
  })
})

describe('a known customer', () => {
  it('brings a second device with it', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', user: 'alice', occurredAt: 1 })
    expect(book.ids({ cookie: 'b', user: 'alice', occurredAt: 2 }, { cookie: 'b', occurredAt: 3 })).toEqual([
      'c1',
      'c1',
    ])
  })

  it('needs no cookie', () => {
    const book = createLedger()
    expect(book.ids({ user: 'alice', occurredAt: 1 }, { user: 'alice', occurredAt: 2 })).toEqual(['c1', 'c1'])
  })
})

describe('a known customer who signs in on an anonymous cookie', () => {
  /** Alice is c1, known from a server; the visitor is c2. */
  function signedIn(at = 5) {
    const book = createLedger()
    book.ids({ user: 'alice', occurredAt: 1 }, { cookie: 'a', occurredAt: 2 })
    return { book, merges: book.mergesOf({ cookie: 'a', user: 'alice', occurredAt: at }) }
  }

  it('is one person with its visitor, who keeps what came before', () => {
    const { book, merges } = signedIn()
    expect(merges).toEqual(['c2>c1 sign_in'])
    expect(book.ids({ cookie: 'a', occurredAt: 4 }, { cookie: 'a', occurredAt: 6 })).toEqual(['c2', 'c1'])
    expect(book.historyOf('a')).toEqual(['c2 2-5', 'c1 5-'])
  })

  it('is reported once', () => {
    const { book } = signedIn()
    expect(book.mergesOf({ cookie: 'a', user: 'alice', occurredAt: 6 })).toEqual([])
  })

  it('owns the cookie from the earliest of several sign-ins, in whatever order they are reported', () => {
    const { book } = signedIn()
    expect(book.mergesOf({ cookie: 'a', user: 'alice', occurredAt: 3 })).toEqual(['c2>c1 sign_in'])
    expect(book.historyOf('a')).toEqual(['c2 2-3', 'c1 3-'])
  })

  it('owns the cookie from before its first anonymous event if the sign-in was earlier', () => {
    const { book, merges } = signedIn(1)
    expect(merges).toEqual(['c2>c1 sign_in'])
    expect(book.historyOf('a')).toEqual(['c2 1-1', 'c1 1-'])
    expect(book.ids({ cookie: 'a', occurredAt: 3 })).toEqual(['c1'])
  })

  it('shares the device with a user whose earlier events arrive later', () => {
    const { book } = signedIn()
    const { owners, merges, conflicts } = book.ownersOf({ cookie: 'a', user: 'bob', occurredAt: 3 })
    expect([owners[0]?.id, owners[0]?.user, merges]).toEqual(['c2', 'bob', []])
    expect(conflicts).toMatchObject([{ kind: 'two_user_ids', identity: 'a' }])
    expect(book.ids({ cookie: 'a', occurredAt: 6 })).toEqual(['c3'])
  })

  it('is merged with one customer for each user id that signed in there; which one counts is decided later', () => {
    const { book } = signedIn()
    book.ids({ user: 'bob', occurredAt: 1 })
    expect(book.mergesOf({ cookie: 'a', user: 'bob', occurredAt: 3 })).toEqual(['c2>c3 sign_in'])
    expect(book.historyOf('a')).toEqual(['c2 2-3', 'c1 5-5', 'c3 3-5'])
  })
})

describe('an e-mail that another customer shows', () => {
  it('merges an anonymous customer if the event carries a user id', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', others: ['mail'], emails: ['mail'], occurredAt: 1 })
    const event = { user: 'alice', others: ['mail'], emails: ['mail'], occurredAt: 2 }
    expect(book.mergesOf(event)).toEqual(['c1>c2 email_hash'])
    expect(book.ownersOf(event)).toMatchObject({ merges: [], links: [], conflicts: [] })
  })

  it('merges an anonymous customer if it came with a secret token', () => {
    const book = createLedger()
    book.ids({ user: 'alice', others: ['mail'], emails: ['mail'], occurredAt: 1 })
    const event = { others: ['mail'], emails: ['mail'], isTrusted: true }
    expect(book.mergesOf({ ...event, cookie: 'a' }, { ...event, cookie: 'b' })).toEqual([
      'c2>c1 email_hash',
      'c3>c1 email_hash',
    ])
  })

  it('is a conflict otherwise, and a link that claims nothing', () => {
    const book = createLedger()
    book.ids({ user: 'alice', others: ['mail'], emails: ['mail'], occurredAt: 1 })
    const event = { cookie: 'a', others: ['mail'], emails: ['mail'], occurredAt: 2 }
    expect(book.conflictsOf(event)).toEqual(['shared_email c2 c1'])
    expect(book.historyOf('mail')).toEqual(['c1 1-', 'c2 2-2'])
    expect(book.ownersOf(event)).toMatchObject({ merges: [], links: [], conflicts: [] })
  })

  it('is a conflict once several others show it, even with a secret token', () => {
    const book = createLedger()
    const event = { others: ['mail'], emails: ['mail'] }
    book.ids({ ...event, cookie: 'a' }, { ...event, cookie: 'b' })
    expect(book.conflictsOf({ ...event, cookie: 'c', isTrusted: true })).toEqual(['shared_email c3 c1'])
  })

  it('never merges two known customers', () => {
    const book = createLedger()
    const event = { others: ['mail'], emails: ['mail'], isTrusted: true }
    book.ids({ ...event, user: 'alice' })
    expect(book.ownersOf({ ...event, user: 'bob' })).toMatchObject({
      merges: [],
      conflicts: [{ kind: 'shared_email' }],
    })
  })

  it('says nothing about the users of a shared device', () => {
    const book = createLedger()
    const event = { others: ['mail'], emails: ['mail'], isTrusted: true }
    book.ids({ cookie: 'a', user: 'alice', occurredAt: 1 }, { cookie: 'a', user: 'bob', occurredAt: 2 })
    book.ids({ ...event, user: 'alice', occurredAt: 3 })
    const { owners, merges, links } = book.ownersOf({ ...event, cookie: 'a', occurredAt: 4 })
    expect([owners[0]?.id, merges, links.map(({ identity }) => identity)]).toEqual(['c3', [], ['a']])
  })

  it('is recorded for at most ten customers without a merge', () => {
    const book = createLedger()
    const event = { others: ['mail'], emails: ['mail'] }
    const cookies = Array.from({ length: 30 }, (_, i) => ({ ...event, cookie: `cookie-${i}` }))
    expect(book.ownersOf(...cookies).conflicts).toHaveLength(10)
    expect(book.historyOf('mail')).toHaveLength(11)
  })
})

describe('a customer with too many', () => {
  it('identities gets no more of them: the event is its own, the cookie has no owner', () => {
    const book = createLedger()
    const devices = Array.from({ length: maxIdentities + 1 }, (_, i) => ({
      cookie: `d${i}`,
      user: 'test',
      occurredAt: i,
    }))
    const { owners, links, conflicts } = book.ownersOf(...devices)
    expect([new Set(owners).size, links.length]).toEqual([1, maxIdentities])
    expect(conflicts[0]).toMatchObject({ kind: 'too_many_identities', customer: { user: 'test' } })
    expect(book.ids({ cookie: `d${maxIdentities}`, occurredAt: maxIdentities })).toEqual(['c2'])
  })

  it('merges gets no more of them, but still the cookie', () => {
    const book = createLedger()
    book.ids({ user: 'test', occurredAt: 0 })
    const visits = Array.from({ length: maxMerges + 1 }, (_, i) => ({ cookie: `d${i}`, occurredAt: 1 }))
    book.ids(...visits)
    const { merges, conflicts } = book.ownersOf(
      ...visits.map((visit) => ({ ...visit, user: 'test', occurredAt: 2 })),
    )
    expect(merges).toHaveLength(maxMerges)
    expect(conflicts).toMatchObject([{ kind: 'too_many_merges', customer: { user: 'test' } }])
    expect(book.ids({ cookie: `d${maxMerges}`, occurredAt: 3 })).toEqual(['c1'])
  })
})

describe('other identities', () => {
  it('find their customer if there is neither cookie nor user id', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', others: ['mail'], occurredAt: 1 })
    expect(book.ids({ others: ['mail'], occurredAt: 2 }, { others: ['ga'], occurredAt: 2 })).toEqual([
      'c1',
      'c2',
    ])
  })

  it('never move: an id shown by another customer stays with its owner', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', others: ['ga'], occurredAt: 1 })
    const { owners, links } = book.ownersOf({ cookie: 'b', others: ['ga'], occurredAt: 2 })
    expect(owners[0]?.id).toBe('c2')
    expect(links.map(({ identity }) => identity)).toEqual(['b'])
  })

  it('set the e-mail hash of the customer once', () => {
    const book = createLedger()
    const { owners } = book.ownersOf(
      { cookie: 'a', emailHash: 'h1', occurredAt: 1 },
      { cookie: 'a', emailHash: 'h2', occurredAt: 2 },
    )
    expect(owners[0]?.emailHash).toBe('h1')
  })
})
