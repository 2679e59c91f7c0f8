/** States what both implementations of an IndexedDB database do: the one with idb-keyval, and that of the script tag. */
import 'fake-indexeddb/auto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as byPackage from './database.ts'
import * as byHand from './database-by-hand.ts'

let made = 0
const newName = () => `database/${++made}`
afterEach(() => void vi.unstubAllGlobals())

describe.each([
  ['by idb-keyval', byPackage],
  ['by hand', byHand],
])('%s', (_, { createStore, promisifyRequest }) => {
  const put = (store: ReturnType<typeof createStore>, value: unknown) =>
    store('readwrite', (records) => {
      records.put(value, 'name')
      return promisifyRequest(records.transaction)
    })
  const get = (store: ReturnType<typeof createStore>) =>
    store('readonly', (records) => promisifyRequest(records.get('name')))

  test('what one transaction puts there another can get, also in the other implementation', async () => {
    const name = newName()
    await put(createStore(name, 'records'), 'value')
    for (const { createStore } of [byPackage, byHand])
      expect(await get(createStore(name, 'records'))).toBe('value')
  })

  test('a database that the browser has closed is opened again', async () => {
    const store = createStore(newName(), 'records')
    await put(store, 'value')
    await store('readonly', async (records) => {
      const { db } = records.transaction
      db.close()
      db.onclose?.(new Event('close')) // as a browser does when the visitor deletes the site's data
    })
    expect(await get(store)).toBe('value')
  })

  test('a database that could not be opened is tried again with the next transaction', async () => {
    const store = createStore(newName(), 'records')
    const open = vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
      throw new DOMException('the disk is full', 'UnknownError')
    })
    await expect(async () => put(store, 'value')).rejects.toThrow('the disk is full')
    open.mockRestore()
    await put(store, 'value')
    expect(await get(store)).toBe('value')
  })

  test('a transaction that is aborted fails', async () => {
    const store = createStore(newName(), 'records')
    const aborted = store('readwrite', (records) => {
      records.put('value', 'name')
      records.transaction.abort()
      return promisifyRequest(records.transaction)
    })
    await expect(aborted).rejects.toBeDefined()
    expect(await get(store)).toBeUndefined()
  })
})
