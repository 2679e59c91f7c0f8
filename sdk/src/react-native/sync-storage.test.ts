/** States which short texts outlive an app. */
import { createFakeStore, type FakeStore } from '@headwater/testkit/fake-app'
import { createFakeClock, settled } from '@headwater/testkit/fake-ports'
import { expect, test } from 'vitest'
import { createAppSyncStorage } from './sync-storage.ts'
import { createTexts } from './texts.ts'

async function open(store: FakeStore) {
  const texts = createTexts({ store, prefix: 'headwater/', clock: createFakeClock(), onRefusal: () => {} })
  const syncStorage = createAppSyncStorage(texts)
  await syncStorage.restored
  return syncStorage
}

test('a text can be read at once, and after the next start', async () => {
  const store = createFakeStore()
  const syncStorage = await open(store)
  syncStorage.write('pace', '{"failures":1}')
  expect([syncStorage.read('pace'), syncStorage.names()]).toEqual(['{"failures":1}', ['pace']])
  await settled()
  const next = await open(store)
  expect([next.read('pace'), next.names()]).toEqual(['{"failures":1}', ['pace']])
})

test('a deleted text is gone after the next start', async () => {
  const store = createFakeStore()
  const syncStorage = await open(store)
  syncStorage.write('left/1', 'a')
  syncStorage.write('left/1')
  await settled()
  expect((await open(store)).names()).toEqual([])
  expect(store.texts.size).toBe(0)
})

test('the id record stays in memory: the state in storage says the same', async () => {
  const store = createFakeStore()
  const syncStorage = await open(store)
  syncStorage.write('id', '1.a.b.1.2')
  await settled()
  expect(syncStorage.read('id')).toBe('1.a.b.1.2')
  expect(store.texts.size).toBe(0)
})

test('a text written before the restore wins', async () => {
  const store = createFakeStore()
  store.texts.set('headwater/text/pace', 'old')
  const texts = createTexts({ store, prefix: 'headwater/', clock: createFakeClock(), onRefusal: () => {} })
  const syncStorage = createAppSyncStorage(texts)
  syncStorage.write('pace', 'new')
  await syncStorage.restored
  expect(syncStorage.read('pace')).toBe('new')
})

test('storage that cannot be read leaves an empty one that works', async () => {
  const store = createFakeStore()
  store.refuseReads(new Error('corrupt'))
  const syncStorage = await open(store)
  syncStorage.write('pace', 'a')
  expect(syncStorage.read('pace')).toBe('a')
})
