/** A fake phone: the storage of an app, which outlives its process, and the parts of React Native, driven by hand. */
import type { Batch, WireEvent } from '@headwater/contract'
import type { AppClient } from '../../../sdk/src/react-native/api.ts'
import type { AppStore } from '../../../sdk/src/react-native/app-store.ts'
import { createAppClient } from '../../../sdk/src/react-native/client.ts'
import type { AppOptions } from '../../../sdk/src/react-native/options.ts'
import { needed } from './fake-page.ts'
import { receipt } from './fake-ports.ts'

/** Which methods for several items a storage has: those of AsyncStorage 1 and 2, those of 3, none as MMKV, which is also synchronous. */
export const storeForms = ['multi', 'many', 'single', 'synchronous'] as const
export type StoreForm = (typeof storeForms)[number]

export interface FakeStore extends AppStore {
  /** What is on the disk. */
  texts: Map<string, string>
  /** How often something was written or deleted, one transaction each. */
  writes(): number
  /** From now on writing rejects with this; without an error it works again. */
  refuseWrites(error?: Error): void
  /** From now on reading rejects with this. */
  refuseReads(error?: Error): void
  /** From now on no write ends until the function that this returns is called. */
  hang(): () => void
}

export function createFakeStore(form: StoreForm = 'multi', texts = new Map<string, string>()): FakeStore {
  let [readFailure, writeFailure]: (Error | undefined)[] = []
  let free = Promise.resolve()
  let writes = 0

  function reading<T>(read: () => T): T | Promise<T> {
    if (form === 'synchronous') {
      if (readFailure) throw readFailure
      return read()
    }
    return readFailure ? Promise.reject(readFailure) : Promise.resolve().then(read)
  }

  function writing(write: () => void): void | Promise<void> {
    const run = () => {
      if (writeFailure) throw writeFailure
      writes += 1
      write()
    }
    return form === 'synchronous' ? run() : free.then(run)
  }

  const set = (pairs: Iterable<readonly [string, string]>) => {
    for (const [key, text] of pairs) texts.set(key, text)
  }
  const remove = (keys: string[]) => {
    for (const key of keys) texts.delete(key)
  }
  const one = {
    getItem: (key: string) => reading(() => texts.get(key) ?? null),
    setItem: (key: string, text: string) => writing(() => set([[key, text]])),
    removeItem: (key: string) => writing(() => remove([key])),
    getAllKeys: () => reading(() => [...texts.keys()]),
  }
  const pairsOf = (keys: string[]) => keys.map((key) => [key, texts.get(key) ?? null] as const)
  const multi = {
    multiGet: (keys: string[]) => reading(() => pairsOf(keys)),
    multiSet: (pairs: (readonly [string, string])[]) => writing(() => set(pairs)),
    multiRemove: (keys: string[]) => writing(() => remove(keys)),
  }
  const many = {
    getMany: (keys: string[]) => reading(() => Object.fromEntries(pairsOf(keys))),
    setMany: (pairs: Record<string, string>) => writing(() => set(Object.entries(pairs))),
    removeMany: (keys: string[]) => writing(() => remove(keys)),
  }
  return {
    ...one,
    ...(form === 'multi' && multi),
    ...(form === 'many' && many),
    texts,
    writes: () => writes,
    refuseWrites(error) {
      writeFailure = error
    },
    refuseReads(error) {
      readFailure = error
    },
    hang() {
      let release = () => {}
      free = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
  }
}

/** The parts of React Native, and what the system does to them. */
export function createFakeNative({ state = 'active', link = null as string | null } = {}) {
  const switches = new Set<(state: string) => void>()
  const links = new Set<(event: { url: string }) => void>()
  const appState = {
    currentState: state,
    addEventListener(_: 'change', listener: (state: string) => void) {
      switches.add(listener)
      return { remove: () => void switches.delete(listener) }
    },
  }
  const linking = {
    getInitialURL: async (): Promise<string | null> => link,
    addEventListener(_: 'url', listener: (event: { url: string }) => void) {
      links.add(listener)
      return { remove: () => void links.delete(listener) }
    },
  }
  return {
    appState,
    linking,
    /** The app passes through these states. */
    become(...states: string[]) {
      for (const each of states) {
        appState.currentState = each
        for (const listener of switches) listener(each)
      }
    },
    follow(url: string) {
      for (const listener of links) listener({ url })
    },
    listeners: () => switches.size + links.size,
  }
}

export type FakeNative = ReturnType<typeof createFakeNative>

/** A network for `fetch`: answers with a receipt for all events by default. */
export function createFakeNetwork() {
  const batches: Batch[] = []
  const urls: string[] = []
  let isCut = false
  let answer: ((batch: Batch) => Promise<Response>) | undefined

  return {
    batches,
    urls,
    events: (): WireEvent[] => batches.flatMap(({ events }) => events as WireEvent[]),
    cut() {
      isCut = true
    },
    restore() {
      isCut = false
    },
    /** The answer to each request from now on. */
    answerWith(next: typeof answer) {
      answer = next
    },
    async fetch(url: string, init: { body: unknown }): Promise<Response> {
      if (isCut) throw new TypeError('Network request failed')
      const batch = JSON.parse(`${init.body}`) as Batch
      urls.push(url)
      batches.push(batch)
      if (answer) return answer(batch)
      return Response.json(receipt(batch.events.length).body)
    },
  }
}

/** Starts the app on this storage; the process before it is gone. */
export function startApp(
  store: FakeStore,
  options: Partial<AppOptions> = {},
  native: FakeNative = createFakeNative(),
): AppClient {
  return createAppClient({ ...needed, storage: { ...store }, ...options }, native)
}
