/** States how texts are kept in a journal, and how they are read. */
import { describe, expect, test } from 'vitest'
import { createJournal, readJson } from './journal.ts'

/** Texts that take no more; what is there can be read and deleted, as in a full localStorage. */
function fullTexts(texts: Record<string, string>): Record<string, string> {
  return new Proxy(texts, {
    set() {
      throw new DOMException('full', 'QuotaExceededError')
    },
  })
}

test.each<[string, string | undefined, unknown]>([
  ['an object', '{"a":1}', { a: 1 }],
  ['nothing', undefined, undefined],
  ['null', 'null', undefined],
  ['an empty text', '', undefined],
  ['a text that was cut short', '{"a":', undefined],
  ["somebody else's text", 'hello', undefined],
])('%s is read as JSON', (_, text, expected) => {
  const journal = createJournal()
  journal.write('name', text)
  expect(readJson(journal, 'name')).toEqual(expected)
})

test('a text is kept under its name until it is forgotten', () => {
  const journal = createJournal()
  journal.write('a', '1')
  journal.write('b', '')
  expect([journal.read('a'), journal.read('b'), journal.read('c')]).toEqual(['1', '', undefined])
  expect(journal.names()).toEqual(['a', 'b'])
  journal.write('a')
  expect(journal.read('a')).toBeUndefined()
  expect(journal.names()).toEqual(['b'])
})

test('two journals of one name on the same texts are one; of another name they never mix', () => {
  const texts = { other: 'x' }
  const [one, two, stranger] = [
    createJournal(texts, 'a/'),
    createJournal(texts, 'a/'),
    createJournal(texts, 'b/'),
  ]
  one.write('pace', '1')
  expect([two.read('pace'), stranger.read('pace')]).toEqual(['1', undefined])
  expect([two.names(), stranger.names()]).toEqual([['pace'], []])
  expect(texts).toEqual({ other: 'x', 'a/pace': '1' })
})

describe('where the texts take no more', () => {
  test('what is written lasts as long as the page, and nothing throws', () => {
    const journal = createJournal(fullTexts({}), 'a/')
    journal.write('pace', '1')
    journal.write('left/p1', '2')
    expect([journal.read('pace'), journal.read('left/p1')]).toEqual(['1', '2'])
    expect(journal.names()).toEqual(['pace', 'left/p1'])
  })

  test('what was written last is what is read', () => {
    const journal = createJournal(fullTexts({ 'a/pace': 'old' }), 'a/')
    journal.write('pace', 'new')
    expect(journal.read('pace')).toBe('new')
  })

  test('what is there already is still read, and can be forgotten', () => {
    const texts = { 'a/left/p1': 'note' }
    const journal = createJournal(fullTexts(texts), 'a/')
    journal.write('pace', '1')
    expect(journal.read('left/p1')).toBe('note')
    for (const name of journal.names()) journal.write(name)
    expect(texts).toEqual({})
  })
})
