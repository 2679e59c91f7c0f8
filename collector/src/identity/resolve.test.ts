import { describe, expect, it } from 'vitest'
import { type Claim, type Customer, type Ledger, resolveOwners } from './resolve.ts'

/** A ledger that persists across calls, like the database. */
function createLedger() {
  const ledger: Ledger = new Map()
  let lastId = 0
  const open = (claim: Claim): Customer => {
    lastId += 1
    const at = claim.occurredAt
    return {
      id: `c${lastId}`,
      websiteId: claim.websiteId,
      user: null,
      firstSeenAt: at,
      lastSeenAt: at,
      emailHash: null,
    }
  }
  return {
    ownersOf: (...claims: Partial<Claim>[]) =>
      resolveOwners(
        claims.map((claim) => ({ websiteId: '1', occurredAt: 0, others: [], ...claim })),
        ledger,
        open,
      ),
    ids: (...claims: Partial<Claim>[]) =>
      resolveOwners(
        claims.map((claim) => ({ websiteId: '1', occurredAt: 0, others: [], ...claim })),
        ledger,
        open,
      ).owners.map(({ id }) => id),
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

  it('reported late end no ownership before it began', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', user: 'eve', occurredAt: 60 })
    const { owners, endings } = book.ownersOf({ cookie: 'a', user: 'fred', occurredAt: 30 })
    expect([owners[0]?.user, endings]).toEqual(['fred', []])
    expect(book.ids({ cookie: 'a', occurredAt: 70 })).toEqual(['c1'])
  })

  it('end the earlier ownership when the second is known from another device', () => {
    const book = createLedger()
    book.ids({ cookie: 'b', user: 'bob', occurredAt: 1 }, { cookie: 'a', user: 'alice', occurredAt: 2 })
    const { owners, endings } = book.ownersOf({ cookie: 'a', user: 'bob', occurredAt: 3 })
    expect(owners[0]?.user).toBe('bob')
    expect(endings).toMatchObject([{ identity: 'a', at: 3, customer: { user: 'alice' } }])
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

describe('other identities', () => {
  it('find their customer if there is neither cookie nor user id', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', others: ['mail'], occurredAt: 1 })
    expect(book.ids({ others: ['mail'], occurredAt: 2 }, { others: ['ga'], occurredAt: 2 })).toEqual([
      'c1',
      'c2',
    ])
  })

  it('never move: an e-mail shown by another customer stays with its owner', () => {
    const book = createLedger()
    book.ids({ cookie: 'a', others: ['mail'], occurredAt: 1 })
    const { owners, links } = book.ownersOf({ cookie: 'b', others: ['mail'], occurredAt: 2 })
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
