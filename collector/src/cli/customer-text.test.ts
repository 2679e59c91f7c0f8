import { describe, expect, it } from 'vitest'
import { noRows } from '../identity/erase/erasure.ts'
import type { PersonView } from '../identity/people/show-person.ts'
import { readName } from './customer-command.ts'
import { conflictsText, erasureText, mergeText, personText, unmergeText } from './customer-text.ts'

const at = (time: string) => new Date(`2026-11-20T${time}:00Z`)

const person: PersonView = {
  id: '42',
  website_id: '1',
  customers: [
    {
      id: '42',
      has_user_id: true,
      email_hash: null,
      first_seen_at: at('11:00'),
      last_seen_at: at('12:00'),
      first_touch_id: null,
      last_touch_id: null,
    },
    {
      id: '57',
      has_user_id: false,
      email_hash: null,
      first_seen_at: at('10:00'),
      last_seen_at: at('10:30'),
      first_touch_id: null,
      last_touch_id: null,
    },
  ],
  identities: [
    {
      customer_id: '57',
      type: 'cookie',
      value_hash: 'a'.repeat(64),
      source: 'sdk',
      confidence: 1,
      since: at('10:00'),
      last_seen_at: at('10:30'),
      until: at('10:30'),
    },
  ],
  merges: [
    {
      id: '7',
      from: '57',
      into: '42',
      cause: 'manual',
      merged_by: 'cli',
      source_event_id: null,
      reason: 'same address',
      merged_at: at('12:00'),
      undone_by: null,
      undone_at: null,
    },
  ],
  conflicts: [
    {
      id: '3',
      kind: 'shared_email',
      customer_id: '42',
      other_customer_id: '77',
      identity_type: 'email_hash',
      status: 'open',
      first_seen_at: at('12:00'),
      last_seen_at: at('12:00'),
    },
    {
      id: '4',
      kind: 'two_user_ids',
      customer_id: '42',
      other_customer_id: '78',
      identity_type: 'cookie',
      status: 'dismissed',
      first_seen_at: at('12:00'),
      last_seen_at: at('12:00'),
    },
  ],
  counts: { sessions: 2, events: 1_200, touches: 1, conversions: 1, refunds: 1, uncounted_conversions: 2 },
  time_zone: 'Europe/Berlin',
  timeline: {
    events: [
      {
        id: '9',
        customer_id: '42',
        session_id: '1',
        occurred_at: at('12:00'),
        type: 'track',
        name: 'purchase',
        url: 'https://shop.example/',
        title: null,
        revenue_cents: 4_999,
        currency: 'EUR',
        conversion: { id: '5', name: 'purchase', counted: true, is_refund: false },
      },
      {
        id: '8',
        customer_id: '42',
        session_id: '1',
        occurred_at: at('11:00'),
        type: 'page',
        name: 'page',
        url: null,
        title: null,
        revenue_cents: null,
        currency: null,
        conversion: null,
      },
    ],
    cursor: 'abc',
  },
}

it('a person is described in words', () => {
  expect(personText(person)).toBe(`Customer 42, known by a user id
First seen 2026-11-20 11:00:00, last seen 2026-11-20 13:00:00
2 sessions, 1,200 events, 1 touch, 1 conversion, 1 refund, 2 conversions not counted
Times are in Europe/Berlin.

Customers that are this person
  42  has a user id, seen from 2026-11-20 12:00:00 to 2026-11-20 13:00:00
  57  anonymous, seen from 2026-11-20 11:00:00 to 2026-11-20 11:30:00

Identities
  cookie  aaaaaaaaaaaa…  of customer 57 since 2026-11-20 11:00:00 until 2026-11-20 11:30:00

Merges
  7  57 with 42: merged by hand, by cli on 2026-11-20 13:00:00 (“same address”), in force

Open conflicts
  3  the same e-mail address: customer 42 and customer 77

Newest events
  2026-11-20 13:00:00  track purchase  49.99 EUR  conversion 5  https://shop.example/
  2026-11-20 12:00:00  page

Earlier events: add --cursor abc`)
})

it('a refund and a conversion that does not count are named so in the timeline', () => {
  const [sale] = person.timeline.events
  const lineOf = (fields: object) => {
    const conversion = { id: '5', name: 'purchase', counted: true, is_refund: false, ...fields }
    const events = sale ? [{ ...sale, conversion }] : []
    return personText({ ...person, timeline: { events, cursor: null } })
  }
  expect(lineOf({ is_refund: true })).toContain('  refund 5  ')
  expect(lineOf({ counted: false })).toContain('  conversion, not counted 5  ')
})

it('a person that came over HTTP, with times as texts, reads the same', () => {
  expect(personText(JSON.parse(JSON.stringify(person)))).toBe(personText(person))
})

describe('an erasure', () => {
  const erasure = {
    id: '1',
    website_id: '1',
    customer_id: '42',
    customer_ids: ['42', '57'],
    erased_by: 'cli',
    erased_at: at('12:00').toISOString(),
    finished_at: at('12:01'),
    identities: 1,
    rows: { ...noRows, events: 1_200, customers: 2 },
  }

  it('says who is gone, what was removed and what stays', () => {
    expect(
      erasureText(erasure),
    ).toBe(`Customer 42 (with 57) was erased by cli. Events from before 2026-11-20 12:00:00 UTC are refused.

Rows removed
  1200  events
     2  customers

1 identity stays as a hash, so that late events can be refused.`)
  })

  it('that is not finished says so', () => {
    expect(erasureText({ ...erasure, finished_at: null })).toContain('Repeat the command')
  })
})

it('a merge says who the person is now and how to undo it', () => {
  const changes = [{ customer: '57', before: '57', after: '42' }]
  expect(
    mergeText({ merge: '7', person: '42', changes }, '2'),
  ).toBe(`Merge 7 is in force. The person is customer 42 now.
Customer 57 is part of person 42.
Credit follows within seconds. To undo it: headwater customer unmerge --merge 7 --website 2`)
  expect(mergeText({ merge: null, person: '42', changes: [] }, '2')).toContain('Nothing to do')
})

it('an unmerge says who is parted, and whether other merges remain', () => {
  const undone = [{ id: '7', from: '57', into: '42', cause: 'manual' }] as const
  const changes = [{ customer: '57', before: '42', after: '57' }]
  expect(unmergeText({ undone: [...undone], changes })).toContain('Customer 57 is a person of its own.')
  expect(unmergeText({ undone: [...undone], changes: [] })).toContain(
    'Other merges still make them one person.',
  )
  expect(unmergeText({ undone: [], changes: [] })).toContain('Nothing to do')
})

it('conflicts say what to do about them', () => {
  const [conflict] = person.conflicts
  const listed = conflict ? [{ ...conflict, person_id: '42', other_person_id: '77' }] : []
  expect(conflictsText({ conflicts: listed, cursor: null, time_zone: 'UTC' }, '2')).toContain(
    'headwater customer conflicts --dismiss <id> --website 2',
  )
  expect(conflictsText({ conflicts: [], cursor: null, time_zone: 'UTC' }, '2')).toBe(
    'There are no such conflicts.',
  )
})

describe('a customer on the command line', () => {
  it.each([
    [{ customer: '42' }, { customer: '42' }],
    [{ user: 'u_42' }, { type: 'user_id', value: 'u_42' }],
    [{ email: 'a@example.com' }, { type: 'email', value: 'a@example.com' }],
    [{ cookie: 'c' }, { type: 'cookie', value: 'c' }],
    [
      { type: 'crm', value: '7' },
      { type: 'crm', value: '7' },
    ],
    [{}, {}],
  ])('%j is %j', (args, named) => {
    expect(readName({ website: '1', ...args })).toEqual({ website: '1', ...named })
  })

  it('is named once', () => {
    expect(() => readName({ website: '1', customer: '42', user: 'u_42' })).toThrow('more than once')
  })
})
