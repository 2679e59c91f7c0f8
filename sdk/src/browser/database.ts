/** One IndexedDB database with one object store, with idb-keyval. The script tag uses database-by-hand.ts instead. */
export { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
