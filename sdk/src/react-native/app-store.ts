/** The key-value storage that an app hands in, with one way to use the several forms such storages have. */

type Sync<T> = T | Promise<T>
type Pair = readonly [key: string, text: string]

/**
 * Storage in the shape of AsyncStorage; its methods may also answer at once, as those of MMKV do. The methods for several
 * items are used where there are any, of AsyncStorage 1 and 2 (`multi…`) or 3 (`…Many`): they write in one transaction.
 */
export interface AppStore {
  getItem(key: string): Sync<string | null | undefined>
  setItem(key: string, text: string): Sync<unknown>
  removeItem(key: string): Sync<unknown>
  getAllKeys(): Sync<readonly string[]>
  multiGet?(keys: string[]): Sync<readonly (readonly [string, string | null | undefined])[]>
  multiSet?(pairs: Pair[]): Sync<unknown>
  multiRemove?(keys: string[]): Sync<unknown>
  getMany?(keys: string[]): Sync<Record<string, string | null | undefined>>
  setMany?(texts: Record<string, string>): Sync<unknown>
  removeMany?(keys: string[]): Sync<unknown>
}

/** Whether it has what the SDK cannot do without. */
export function isAppStore(value: unknown): value is AppStore {
  const methods = ['getItem', 'setItem', 'removeItem', 'getAllKeys']
  return methods.every((name) => typeof Object(value)[name] === 'function')
}

/** The texts under these keys, in their order. */
export async function getTexts(store: AppStore, keys: string[]): Promise<(string | undefined)[]> {
  if (keys.length === 0) return []
  if (store.getMany) {
    const texts = await store.getMany(keys)
    return keys.map((key) => texts[key] ?? undefined)
  }
  const pairs = store.multiGet
    ? await store.multiGet(keys)
    : await Promise.all(keys.map(async (key) => [key, await store.getItem(key)] as const))
  const texts = new Map(pairs)
  return keys.map((key) => texts.get(key) ?? undefined)
}

/** Writes texts, in one transaction where the storage can, otherwise one after another in this order. */
export async function setTexts(store: AppStore, pairs: Pair[]): Promise<void> {
  if (pairs.length === 0) return
  if (store.setMany) await store.setMany(Object.fromEntries(pairs))
  else if (store.multiSet) await store.multiSet(pairs)
  else for (const [key, text] of pairs) await store.setItem(key, text)
}

export async function removeTexts(store: AppStore, keys: string[]): Promise<void> {
  if (keys.length === 0) return
  if (store.removeMany) await store.removeMany(keys)
  else if (store.multiRemove) await store.multiRemove(keys)
  else for (const key of keys) await store.removeItem(key)
}
