/** One IndexedDB database with one object store: what idb-keyval does here, without its licence text in every page. */
import type {
  createStore as createStoreByPackage,
  promisifyRequest as promisifyByPackage,
} from './database.ts'

/** Resolves when the request has succeeded, or the transaction has completed. */
export const promisifyRequest = ((request: IDBRequest & IDBTransaction) =>
  new Promise((resolve, reject) => {
    request.onsuccess = request.oncomplete = () => resolve(request.result)
    request.onerror = request.onabort = () => reject(request.error)
  })) as typeof promisifyByPackage

/** Opens the database with the first transaction, and again after the browser has closed it or could not open it. */
export const createStore: typeof createStoreByPackage = (name, storeName) => {
  let opened: Promise<IDBDatabase> | undefined

  const forget = () => {
    opened = undefined
  }

  function open(): Promise<IDBDatabase> {
    const request = indexedDB.open(name)
    request.onupgradeneeded = () => request.result.createObjectStore(storeName)
    const database = promisifyRequest(request)
    database.then((it) => {
      it.onclose = forget
    }, forget)
    return database
  }

  return async (mode, action) => {
    opened ??= open()
    return action((await opened).transaction(storeName, mode).objectStore(storeName))
  }
}
