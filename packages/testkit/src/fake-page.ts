/**
 * A page with a client on fake ports and its notices. Pages that share storage, sync storage and clock are tabs of one
 * browser.
 */
import type { WireEvent } from '@headwater/contract'
import type { Client } from '../../../sdk/src/core/api.ts'
import { type Core, createCore } from '../../../sdk/src/core/client.ts'
import type { Notices } from '../../../sdk/src/core/notices.ts'
import { type ClientOptions, readOptions } from '../../../sdk/src/core/options.ts'
import type { State } from '../../../sdk/src/core/records.ts'
import type { Stamp } from '../../../sdk/src/core/visitor/draft.ts'
import { createFakeIds, createFakePorts, createFakeStorage, type FakePorts } from './fake-ports.ts'

/** What a client needs: which website, and where the collector is. */
export const needed = {
  token: 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs',
  endpoint: 'https://t.example.com',
}

export interface FakePage extends FakePorts {
  client: Client
  verbsAt: Core['verbsAt']
  /** The notices so far, by name. */
  notices: { [Name in keyof Notices]: Notices[Name][] }
  /** All events of all requests of this page, in order. */
  events(): WireEvent[]
  /** Ports for another tab of this browser, with a network and a page of its own. */
  device: Pick<FakePorts, 'storage' | 'syncStorage' | 'clock'>
}

let opened = 0

/** Opens a page; it records no page views automatically, unless `autoPage` is true. */
export function openPage(
  options: Partial<ClientOptions> & { opening?: Stamp } = {},
  own: Partial<FakePorts> = {},
): FakePage {
  const ports = createFakePorts({ ids: createFakeIds(++opened), ...own })
  const { opening, ...given } = options
  const { client, verbsAt, start } = createCore(readOptions({ ...needed, autoPage: false, ...given }), ports)
  start(opening)
  const notices: FakePage['notices'] = { delivered: [], dropped: [], error: [], recorded: [], answered: [] }
  client.on('delivered', (notice) => notices.delivered.push(notice))
  client.on('dropped', (notice) => notices.dropped.push(notice))
  client.on('error', (notice) => notices.error.push(notice))
  client.on('recorded', (notice) => notices.recorded.push(notice))
  client.on('answered', (notice) => notices.answered.push(notice))
  const { storage, syncStorage, clock, transport } = ports
  const events = () => transport.requests.flatMap(({ batch }) => batch.events)
  return { ...ports, client, verbsAt, notices, events, device: { storage, syncStorage, clock } }
}

/** A page that is closed: its code never runs again, and the results of its storage reach no one. */
export function deadEnd<T>(): Promise<T> {
  return new Promise(() => {})
}

/** What waits on the device, as it will be sent. */
export async function waiting({ storage }: Pick<FakePorts, 'storage'>): Promise<WireEvent[]> {
  return (await storage.peek(100_000)).map(({ json }) => JSON.parse(json))
}

/** What is stored about the visitor. */
export async function visitorIn({ storage }: Pick<FakePorts, 'storage'>): Promise<State | undefined> {
  const records = await storage.dump()
  return records.find((record): record is State => Object(record).v === 2)
}

/** A storage that finishes nothing before `open` is called, so that a page can be left before that. */
export function createSlowStorage(store = createFakeStorage()) {
  const { promise, open } = gate<void>()
  const append: typeof store.append = async (settle) => {
    await promise
    return store.append(settle)
  }
  return { storage: { ...store, append }, open }
}

/** A promise that resolves when `open` is called. */
export function gate<T>() {
  let open: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open }
}
