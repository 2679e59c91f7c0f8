/** A server's client on fake ports, with its notices. */
import type { WireEvent } from '@headwater/contract'
import type { Notices } from '../../../sdk/src/core/notices.ts'
import type { ServerClient } from '../../../sdk/src/node/api.ts'
import { createServerClient } from '../../../sdk/src/node/client.ts'
import type { ServerOptions } from '../../../sdk/src/node/options.ts'
import {
  createFakeClock,
  createFakeIds,
  createFakeTransport,
  type FakeClock,
  type FakeIds,
  type FakeTransport,
} from './fake-ports.ts'

/** What a server's client needs: which website, and where the collector is. */
export const serverNeeds = {
  token: 'hw_sec_abcd1234_0123456789abcdefghjkmnpqrs',
  endpoint: 'https://t.example.com',
}

export interface FakeServer {
  client: ServerClient
  clock: FakeClock
  ids: FakeIds
  transport: FakeTransport
  /** The notices so far, by name. */
  notices: { [Name in keyof Notices]: Notices[Name][] }
  /** All events of all requests, in order. */
  events(): WireEvent[]
  /** Whether the client keeps its process alive. */
  isKeptAlive(): boolean
}

let opened = 0

export function openServer(options: Partial<ServerOptions> = {}, clock = createFakeClock()): FakeServer {
  const transport = createFakeTransport()
  const ids = createFakeIds(++opened)
  let isStopped = false
  let holds = 0
  const send: FakeTransport['send'] = async (url, body) =>
    isStopped ? { status: 0 } : transport.send(url, body)
  const client = createServerClient(
    { ...serverNeeds, ...options },
    {
      clock,
      ids,
      transport: {
        ...transport,
        send,
        stop() {
          isStopped = true
        },
      },
      keepAlive() {
        let isHeld = 1
        holds++
        return () => {
          holds -= isHeld
          isHeld = 0
        }
      },
    },
  )
  const notices: FakeServer['notices'] = { delivered: [], dropped: [], error: [], recorded: [], answered: [] }
  client.on('delivered', (notice) => notices.delivered.push(notice))
  client.on('dropped', (notice) => notices.dropped.push(notice))
  client.on('error', (notice) => notices.error.push(notice))
  client.on('recorded', (notice) => notices.recorded.push(notice))
  client.on('answered', (notice) => notices.answered.push(notice))
  const events = () => transport.requests.flatMap(({ batch }) => batch.events)
  return { client, clock, ids, transport, notices, events, isKeptAlive: () => holds > 0 }
}
