/** One IndexedDB database with one object store, by idb-keyval. The script tag has database-by-hand.ts instead. */
export { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
