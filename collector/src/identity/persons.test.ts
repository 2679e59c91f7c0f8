import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareIds, findPersons, type Member, type Merge, type MergeCause } from './persons.ts'

/** Members by id; those with a user id are written in capitals: '1 2 U3'. */
const membersOf = (text: string): Member[] =>
  text.split(' ').map((word) => ({ id: word.replace('U', ''), hasUserId: word.startsWith('U') }))

/** Merges with ids in this order: '1>2', or '1=2' by hand. */
const mergesOf = (text: string): Merge[] =>
  text.split(' ').flatMap((word, i) => {
    const [, from, sign, into] = /^(\d+)([>=])(\d+)$/.exec(word) ?? []
    const cause: MergeCause = sign === '=' ? 'manual' : 'sign_in'
    return from && into ? [{ id: String(i + 1), from, into, cause }] : []
  })

/** The persons as text: 'canonical: members', separated by commas; then the blocked merges. */
function personsOf(members: string, merges: string, cap?: number): string {
  const { personOf, blocked } = findPersons(membersOf(members), mergesOf(merges), cap)
  const persons = [...new Set(personOf.values())].sort(compareIds)
  const text = persons.map((person) => {
    const parts = [...personOf].filter(([, of]) => of === person).map(([id]) => id)
    return `${person}: ${parts.sort(compareIds).join(' ')}`
  })
  return [text.join(', '), ...blocked.map(({ merge, why }) => `${merge.from}>${merge.into} ${why}`)].join(
    '; ',
  )
}

describe('customers are one person', () => {
  it.each([
    ['1 2', '', '1: 1, 2: 2'],
    ['1 2', '2>1', '1: 1 2'],
    ['1 U2', '1>2', '2: 1 2'],
    ['1 2 3 4', '1>2 3>4', '1: 1 2, 3: 3 4'],
    ['1 2 3 4', '1>2 3>4 2>3', '1: 1 2 3 4'],
    ['9 10', '10>9', '9: 9 10'],
    // Two user ids: the merge that came first counts.
    ['1 U2 U3', '1>2 1>3', '2: 1 2, 3: 3; 1>3 two_user_ids'],
    ['U1 2 U3', '2>3 2>1', '1: 1, 3: 2 3; 2>1 two_user_ids'],
    ['U1 2 3 U4', '2>1 3>4 2>3', '1: 1 2, 4: 3 4; 2>3 two_user_ids'],
    // An operator comes first, and may unite user ids.
    ['1 U2 U3', '1>2 1=3', '2: 2, 3: 1 3; 1>2 two_user_ids'],
    ['U1 U2', '1=2', '1: 1 2'],
    ['1 U2 U3', '1>2 1>3 2=3', '2: 1 2 3'],
    ['1 U2 U3 U4', '1>4 2=3 1>2', '2: 2 3, 4: 1 4; 1>2 two_user_ids'],
  ])('%s with %s: %s', (members, merges, expected) => {
    expect(personsOf(members, merges)).toBe(expected)
  })

  it.each([
    ['1 2 3', '1>2 2>3', '1: 1 2, 3: 3; 2>3 too_many_merges'],
    ['1 2 3', '1>2 2=3', '1: 1, 2: 2 3; 1>2 too_many_merges'],
    ['1 2 3 4', '1=2 3=4 1=3', '1: 1 2, 3: 3 4; 1>3 too_many_merges'],
  ])('up to a cap, here two: %s with %s: %s', (members, merges, expected) => {
    expect(personsOf(members, merges, 2)).toBe(expected)
  })
})

const ids = Array.from({ length: 12 }, (_, i) => String(i + 1))
const member = fc.record({ hasUserId: fc.boolean() })
const histories = fc.record({
  members: fc
    .tuple(...ids.map(() => member))
    .map((members) => members.map(({ hasUserId }, i): Member => ({ id: ids[i] ?? '', hasUserId }))),
  merges: fc
    .array(
      fc.record({
        from: fc.constantFrom(...ids),
        into: fc.constantFrom(...ids),
        cause: fc.constantFrom<MergeCause>('sign_in', 'email_hash', 'manual'),
      }),
      { maxLength: 20 },
    )
    .map((merges) => merges.map((merge, i): Merge => ({ id: String(i + 1), ...merge }))),
  cap: fc.integer({ min: 1, max: 12 }),
})
type History = typeof histories extends fc.Arbitrary<infer Value> ? Value : never

const asObject = ({ members, merges, cap }: History) =>
  Object.fromEntries(findPersons(members, merges, cap).personOf)

describe('for any customers and merges', () => {
  const always = (check: (history: History) => void) =>
    fc.assert(fc.property(histories, check), { numRuns: 500 })

  it('the order of the rows does not matter', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (history, numbers) => {
        const shuffle = <Row>(rows: readonly Row[]): Row[] =>
          rows
            .map((row): [number, Row] => [numbers.next().value, row])
            .sort(([a], [b]) => a - b)
            .map(([, row]) => row)
        const { members, merges } = history
        const shuffled = { ...history, members: shuffle(members), merges: shuffle(merges) }
        expect(asObject(shuffled)).toEqual(asObject(history))
      }),
      { numRuns: 500 },
    )
  })

  it('everyone is part of one person, which is one of its customers', () => {
    always((history) => {
      const { personOf } = findPersons(history.members, history.merges, history.cap)
      expect([...personOf.keys()].sort(compareIds)).toEqual(ids)
      for (const person of personOf.values()) expect(personOf.get(person)).toBe(person)
    })
  })

  it('no person has more customers than the cap', () => {
    always((history) => {
      const { personOf } = findPersons(history.members, history.merges, history.cap)
      for (const person of personOf.values()) {
        expect([...personOf.values()].filter((other) => other === person).length).toBeLessThanOrEqual(
          history.cap,
        )
      }
    })
  })

  it('two user ids are one person only if an operator’s merges alone make them one', () => {
    always(({ members, merges, cap }) => {
      const { personOf } = findPersons(members, merges, cap)
      const byHand = findPersons(
        members,
        merges.filter(({ cause }) => cause === 'manual'),
        cap,
      ).personOf
      const known = members.filter(({ hasUserId }) => hasUserId).map(({ id }) => id)
      for (const one of known)
        for (const other of known)
          if (personOf.get(one) === personOf.get(other)) expect(byHand.get(one)).toBe(byHand.get(other))
    })
  })

  it('a merge has an effect or is reported as blocked', () => {
    always(({ members, merges, cap }) => {
      const { personOf, blocked } = findPersons(members, merges, cap)
      const apart = merges.filter(({ from, into }) => personOf.get(from) !== personOf.get(into))
      expect(blocked.map(({ merge }) => merge.id)).toEqual(expect.arrayContaining(apart.map(({ id }) => id)))
    })
  })

  it('customers that no merges connect do not affect each other', () => {
    always(({ members, merges, cap }) => {
      const [low, high] = [(id: string) => compareIds(id, '6') <= 0, (id: string) => compareIds(id, '6') > 0]
      const within = (part: (id: string) => boolean) => ({
        members: members.filter(({ id }) => part(id)),
        merges: merges.filter(({ from, into }) => part(from) && part(into)),
        cap,
      })
      const both = { members, merges: [...within(low).merges, ...within(high).merges], cap }
      expect(asObject(both)).toEqual({ ...asObject(within(low)), ...asObject(within(high)) })
    })
  })
})
