/** The process of an app: the SDK with its storage in files, one a text, and controlled by messages. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createFakeNative } from '@headwater/testkit/fake-app'
import type { AppStore } from '../../../../sdk/src/react-native/app-store.ts'
import { createAppClient } from '../../../../sdk/src/react-native/client.ts'

/** The messages that the process understands. */
export type Order =
  | { name: 'track'; from: number; count: number }
  | { name: 'flush' | 'leave' | 'return' | 'refuseWrites' | 'allowWrites' }

export interface Start {
  folder: string
  token: string
  endpoint: string
}

const { folder, token, endpoint } = JSON.parse(process.argv[2] ?? '{}') as Start // written by phone.ts
let isRefusing = false

const native = createFakeNative()
const client = createAppClient({ token, endpoint, storage: createFileStore(), appEvents: false }, native)
let dropped = 0
client.on('dropped', ({ count }) => {
  dropped += count
})

const actions: Record<Order['name'], (order: Order) => unknown> = {
  track(order) {
    if (order.name !== 'track') return
    for (let n = order.from; n < order.from + order.count; n++)
      client.track('e', { n, note: 'x'.repeat(300) })
  },
  flush: () => client.flush(),
  leave: () => native.become('inactive', 'background'),
  return: () => native.become('active'),
  refuseWrites: () => {
    isRefusing = true
  },
  allowWrites: () => {
    isRefusing = false
  },
}

process.on('message', async (order: Order) => {
  await actions[order.name](order)
  process.send?.({ dropped })
})
process.on('disconnect', () => process.exit())
process.send?.({ dropped })

/** Each text is replaced as a whole, but several are not written together: AsyncStorage promises more. */
function createFileStore(): AppStore {
  mkdirSync(folder, { recursive: true })
  const pathOf = (key: string) => `${folder}/${encodeURIComponent(key)}`
  const refuse = () => {
    if (isRefusing) throw new Error('database or disk is full (code 13)')
  }
  return {
    getAllKeys: async () =>
      readdirSync(folder).flatMap((name) => (name.endsWith('.new') ? [] : [decodeURIComponent(name)])),
    getItem: async (key) => {
      try {
        return readFileSync(pathOf(key), 'utf8')
      } catch {
        return null // there is none
      }
    },
    setItem: async (key, text) => {
      refuse()
      writeFileSync(`${pathOf(key)}.new`, text)
      renameSync(`${pathOf(key)}.new`, pathOf(key))
    },
    removeItem: async (key) => {
      refuse()
      rmSync(pathOf(key), { force: true })
    },
  }
}
