/** The device's storage: one text an event in the app's storage, one for the state of the visitor, one for the app. */
import { toJson } from '../core/json.ts'
import type { Storage } from '../core/ports.ts'
import type { State, StoredEvent } from '../core/records.ts'
import type { Change, Texts } from './texts.ts'
import { createTurns } from './turns.ts'

export interface AppStorage extends Storage {
  /** What `noteWith` has written. */
  note(): Promise<string | undefined>
  /** Writes this note in the transaction that stores the event with this key. */
  noteWith(key: string, note: string): void
}

const stateName = 'state'
const noteName = 'app'
// With the length of its JSON in its name, an event need not be read to know how much waits.
const nameOf = ({ key, json }: StoredEvent) => `q${key}~${json.length}`
const eventName = /^q(.+)~(\d+)$/

/** An event of the queue, as its name describes it. */
interface Waiting {
  key: string
  name: string
  size: number
}

interface Loaded {
  state: State | undefined
  /** In the order of their keys. */
  waiting: Waiting[]
}

/** One app is one process, so what it reads once it knows. Beyond `maxBytes` of JSON the oldest events are dropped. */
export function createAppStorage(texts: Texts, maxBytes: number): AppStorage {
  const use = createTurns()
  const notes = new Map<string, string>()
  let loaded: Loaded | undefined

  /** Runs an action on what is stored, after those before it. */
  const inTurn = <T>(action: (loaded: Loaded) => Promise<T>): Promise<T> =>
    use(async () => {
      loaded ??= await load(texts)
      return action(loaded)
    })

  function takeNotes(events: StoredEvent[]): Change[] {
    const taken = events.flatMap(({ key }) => notes.get(key) ?? [])
    for (const { key } of events) notes.delete(key)
    return taken.slice(-1).map((note) => [noteName, note])
  }

  return {
    append: (settle) =>
      inTurn(async (loaded) => {
        const settled = settle(loaded.state)
        const { kept, gone, added, lost } = place(settled.events, loaded.waiting, maxBytes)
        loaded.state = settled.state
        loaded.waiting = kept
        const state: Change = [stateName, toJson(settled.state)]
        await texts.write([...gone, state, ...takeNotes(settled.events), ...added])
        return { ...settled, lost }
      }),
    peek: (limit) => inTurn(({ waiting }) => readEvents(texts, waiting.slice(0, limit))),
    remove: (events) =>
      inTurn(async (loaded) => {
        const keys = new Set(events.map(({ key }) => key))
        const gone = loaded.waiting.filter(({ key }) => keys.has(key))
        loaded.waiting = without(loaded.waiting, gone)
        await texts.write(deletionsOf(gone))
      }),
    count: () => inTurn(async ({ waiting }) => waiting.length),
    dump: () =>
      inTurn(async ({ state, waiting }) => {
        const [note] = await texts.read([noteName])
        return [...(await readEvents(texts, waiting)), state, note && { app: note }].filter(Boolean)
      }),
    clear: () =>
      inTurn(async (loaded) => {
        loaded.state = undefined
        loaded.waiting = []
        notes.clear()
        const names = (await texts.names()).filter(isOurs)
        await texts.write(names.map((name) => [name]))
      }),
    alone: createTurns(),
    note: async () => (await texts.read([noteName]))[0],
    noteWith: (key, note) => void notes.set(key, note),
  }
}

async function load(texts: Texts): Promise<Loaded> {
  const names = await texts.names()
  const [state] = await texts.read(names.filter((name) => name === stateName))
  return { state: readState(state), waiting: names.flatMap(waitingOf).sort(byKey) }
}

async function readEvents(texts: Texts, waiting: Waiting[]): Promise<StoredEvent[]> {
  const found = await texts.read(waiting.map(({ name }) => name))
  return waiting.flatMap(({ key }, at) => (found[at] === undefined ? [] : [{ key, json: found[at] }]))
}

/** What waits when these events have joined it, and how the texts change. */
function place(events: StoredEvent[], waiting: Waiting[], maxBytes: number) {
  const texts = new Map(events.map((event) => [nameOf(event), event.json]))
  const keys = new Set(events.map(({ key }) => key))
  const others = waiting.filter(({ key }) => !keys.has(key))
  const all = [...others, ...[...texts.keys()].flatMap(waitingOf)].sort(byKey)
  const kept = newestWithin(maxBytes, all)
  const gone = without([...waiting, ...all], kept)
  for (const { name } of gone) texts.delete(name)
  const added: Change[] = [...texts]
  return { kept, gone: deletionsOf(gone), added, lost: all.length - kept.length }
}

const deletionsOf = (waiting: Waiting[]): Change[] => waiting.map(({ name }) => [name])

function waitingOf(name: string): Waiting[] {
  const [, key, size] = eventName.exec(name) ?? []
  return key ? [{ key, name, size: Number(size) }] : []
}

/** Undefined when there is none, or none that the SDK wrote. */
function readState(text = 'null'): State | undefined {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined // cut short
  }
}

const isOurs = (name: string) => [stateName, noteName].includes(name) || eventName.test(name)

const byKey = (a: Waiting, b: Waiting) => (a.key < b.key ? -1 : Number(a.key > b.key))

function without(waiting: Waiting[], others: Waiting[]): Waiting[] {
  const names = new Set(others.map(({ name }) => name))
  return waiting.filter(({ name }) => !names.has(name))
}

/** The newest that together have at most so many bytes. */
function newestWithin(bytes: number, waiting: Waiting[]): Waiting[] {
  const fits = ({ size }: Waiting) => {
    bytes -= size
    return bytes >= 0
  }
  return [...waiting].reverse().filter(fits).reverse()
}
