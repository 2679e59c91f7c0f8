/** States how texts are kept in sync storage, and how they are read. */
import { describe, expect, test } from 'vitest'
import { createSyncStorage, readJson } from './sync-storage.ts'

/** Full, like a full localStorage: what is there can be read and deleted. */
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
  ["another library's text", 'hello', undefined],
])('%s is read as JSON', (_, text, expected) => {
  const syncStorage = createSyncStorage()
  syncStorage.write('name', text)
  expect(readJson(syncStorage, 'name')).toEqual(expected)
})

test('a text is kept under its name until it is forgotten', () => {
  const syncStorage = createSyncStorage()
  syncStorage.write('a', '1')
  syncStorage.write('b', '')
  expect([syncStorage.read('a'), syncStorage.read('b'), syncStorage.read('c')]).toEqual(['1', '', undefined])
  expect(syncStorage.names()).toEqual(['a', 'b'])
  syncStorage.write('a')
  expect(syncStorage.read('a')).toBeUndefined()
  expect(syncStorage.names()).toEqual(['b'])
})

test('two sync storages of one name on the same texts are one; those of different names never mix', () => {
  const texts = { other: 'x' }
  const [one, two, stranger] = [
    createSyncStorage(texts, 'a/'),
    createSyncStorage(texts, 'a/'),
    createSyncStorage(texts, 'b/'),
  ]
  one.write('pace', '1')
  expect([two.read('pace'), stranger.read('pace')]).toEqual(['1', undefined])
  expect([two.names(), stranger.names()]).toEqual([['pace'], []])
  expect(texts).toEqual({ other: 'x', 'a/pace': '1' })
})

describe('where the texts are full', () => {
  test('what is written lasts as long as the page, and nothing throws', () => {
    const syncStorage = createSyncStorage(fullTexts({}), 'a/')
    syncStorage.write('pace', '1')
    syncStorage.write('left/p1', '2')
    expect([syncStorage.read('pace'), syncStorage.read('left/p1')]).toEqual(['1', '2'])
    expect(syncStorage.names()).toEqual(['pace', 'left/p1'])
  })

  test('what was written last is what is read', () => {
    const syncStorage = createSyncStorage(fullTexts({ 'a/pace': 'old' }), 'a/')
    syncStorage.write('pace', 'new')
    expect(syncStorage.read('pace')).toBe('new')
  })

  test('what is there already is still read, and can be forgotten', () => {
    const texts = { 'a/left/p1': 'note' }
    const syncStorage = createSyncStorage(fullTexts(texts), 'a/')
    syncStorage.write('pace', '1')
    expect(syncStorage.read('left/p1')).toBe('note')
    for (const name of syncStorage.names()) syncStorage.write(name)
    expect(texts).toEqual({})
  })
})
