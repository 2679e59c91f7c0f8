/** The texts of one client in the app's storage. A change that cannot be written is kept in memory and tried again. */
import type { Clock } from '../core/ports.ts'
import { type AppStore, getTexts, removeTexts, setTexts } from './app-store.ts'

/** A text by its name; without one the name is deleted. */
export type Change = [name: string, text?: string]

export interface Texts {
  /** The names of all texts. Rejects when storage cannot be read. */
  names(): Promise<string[]>
  /** The texts with these names, in their order. Rejects when storage cannot be read. */
  read(names: string[]): Promise<(string | undefined)[]>
  /**
   * Writes texts in their order, and deletes the names without one. Never rejects: what storage refuses counts as written,
   * lasts as long as the app, and is tried again with the next change.
   */
  write(changes: Change[]): Promise<void>
}

export interface TextsOptions {
  store: AppStore
  /** Before each name, because the app has texts of its own. */
  prefix: string
  clock: Clock
  /** Called with the reason when storage has refused a change. */
  onRefusal: (cause: unknown) => void
}

/** Less than the core waits for its storage (5 s). */
const limitMs = 4_000

export function createTexts({ store, prefix, clock, onRefusal }: TextsOptions): Texts {
  /** What storage has not confirmed. */
  const pending = new Map<string, string | undefined>()
  const inTime = createTimeLimit(clock)
  let saving = Promise.resolve()
  let isStuck = false

  async function save(): Promise<void> {
    const changes = [...pending]
    if (changes.length === 0 || isStuck) return // an earlier write has saved them, or a later one will
    const work = apply(store, prefix, changes)
    try {
      await inTime(work)
      confirm(changes)
    } catch (cause) {
      onRefusal(cause)
      isStuck = true // nothing waits for storage until it has answered
      const unstick = () => {
        isStuck = false
      }
      work.then(() => confirm(changes)).then(unstick, unstick)
    }
  }

  function confirm(changes: Change[]): void {
    for (const [name, text] of changes) if (pending.get(name) === text) pending.delete(name)
  }

  return {
    async names() {
      const keys = await inTime(Promise.resolve(store.getAllKeys()))
      const stored = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
      const all = new Set([...stored, ...pending.keys()])
      return [...all].filter((name) => !pending.has(name) || pending.get(name) !== undefined)
    },
    async read(names) {
      const inStore = names.filter((name) => !pending.has(name))
      const keys = inStore.map((name) => prefix + name)
      const found = await inTime(getTexts(store, keys))
      const texts = new Map([...pending, ...inStore.map((name, at) => [name, found[at]] as const)])
      return names.map((name) => texts.get(name))
    },
    write(changes) {
      for (const [name, text] of changes) {
        pending.delete(name) // its place is that of the latest change
        pending.set(name, text)
      }
      saving = saving.then(save)
      return saving
    },
  }
}

// Deletions first, because they make room.
async function apply(store: AppStore, prefix: string, changes: Change[]): Promise<void> {
  const gone = changes.filter(([, text]) => text === undefined).map(([name]) => prefix + name)
  const kept = changes.flatMap(([name, text]) => (text === undefined ? [] : [[prefix + name, text] as const]))
  await removeTexts(store, gone)
  await setTexts(store, kept)
}

/** Rejects when the work takes too long. */
function createTimeLimit(clock: Clock) {
  return <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(limitMs, () => reject(new Error(`no answer in ${limitMs} ms`)))
      work.then(resolve, reject)
      work.then(cancel, cancel)
    })
}
