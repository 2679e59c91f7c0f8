/** Which customers were a part of a person and no longer are. */
import { expect, it } from 'vitest'
import { formerMembers, type MergeEdge } from './former-members.ts'

const merge = (from: string, into: string, at: number, undone: number | null = null): MergeEdge => ({
  from_customer_id: from,
  into_customer_id: into,
  at,
  undone_at: undone,
})

it.each<[string, MergeEdge[], [string, number][]]>([
  ['one whose merge was undone', [merge('2', '1', 10, 20)], [['2', 20]]],
  ['one that was merged from the other side', [merge('1', '2', 10, 20)], [['2', 20]]],
  [
    'one that came with it',
    [merge('2', '1', 10, 20), merge('3', '2', 5)],
    [
      ['2', 20],
      ['3', 20],
    ],
  ],
  ['the latest time of several', [merge('2', '1', 10, 20), merge('2', '1', 30, 40)], [['2', 40]]],
])('%s was a part', (_, merges, expected) => {
  expect([...formerMembers(new Set(['1']), merges)]).toEqual(expected)
})

it.each<[string, MergeEdge[]]>([
  ['one that joined the other only after the separation', [merge('2', '1', 10, 20), merge('3', '2', 25)]],
])('%s was not', (_, merges) => {
  expect(formerMembers(new Set(['1']), merges).has('3')).toBe(false)
})

it('one that a merge in force connects, against the rules, was never a part', () => {
  expect(formerMembers(new Set(['1']), [merge('2', '1', 10)]).size).toBe(0)
})
