/** Starts a client when a component takes it, and ends it when the component has given it back for good. */
import { prepareClient } from '../browser/prepare.ts'
import type { Client } from '../core/api.ts'
import type { ClientOptions } from '../core/options.ts'

export interface Lease {
  /** Does nothing on a server. */
  client: Client
  /** The first call starts the client. False when it has ended. */
  take(): boolean
  /** The client ends in a moment, unless it is taken again: strict mode mounts everything twice. */
  giveBack(): void
}

/** Throws a ConfigError. */
export function createLease(options: ClientOptions): Lease {
  if (typeof window === 'undefined') return { client: idle, take: () => true, giveBack: nothing }
  const { client, start } = prepareClient(options)
  let state: 'new' | 'started' | 'ended' = 'new'
  let timer: ReturnType<typeof setTimeout> | undefined

  return {
    client,
    take() {
      clearTimeout(timer)
      if (state === 'new') {
        state = 'started'
        start()
      }
      return state === 'started'
    },
    giveBack() {
      timer = setTimeout(() => {
        state = 'ended'
        client.shutdown()
      })
    },
  }
}

const nothing = () => {}
const later = async () => {}

/** A client for the time in which a server renders. */
const idle: Client = {
  track: nothing,
  page: nothing,
  conversion: nothing,
  identify: nothing,
  reset: nothing,
  consent: nothing,
  setToken: nothing,
  anonymousId: () => undefined,
  sessionId: () => undefined,
  stored: async () => ({ records: [], texts: {} }),
  forget: later,
  flush: later,
  shutdown: later,
  on: () => nothing,
}
