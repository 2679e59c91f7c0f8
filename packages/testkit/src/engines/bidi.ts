/** Speaks WebDriver BiDi: commands and events over one WebSocket. */
import { once } from 'node:events'
import WebSocket from 'ws'

export interface Bidi {
  /** Rejects with the browser's error. */
  send(method: string, params?: object): Promise<Record<string, unknown>>
  /** Listens to events of this name; subscribing to them is a command. */
  on(event: string, listener: (params: Record<string, unknown>) => void): void
  close(): void
}

/** One message from the browser: an answer to a command, or an event. */
interface Message {
  id?: number
  error?: string
  message?: string
  result?: Record<string, unknown>
  method?: string
  params?: Record<string, unknown>
}

export async function connectBidi(address: string): Promise<Bidi> {
  const socket = new WebSocket(address)
  await once(socket, 'open')
  const waiting = new Map<number, (message: Message) => void>()
  const listeners: [event: string, listener: (params: Record<string, unknown>) => void][] = []
  let sent = 0

  socket.on('message', (text) => {
    const message = JSON.parse(`${text}`) as Message // as the protocol says
    if (message.method) {
      for (const [event, listener] of listeners) if (event === message.method) listener(message.params ?? {})
    } else if (message.id !== undefined) {
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    }
  })
  socket.on('close', () => {
    for (const answer of waiting.values()) answer({ error: 'the browser has ended' })
    waiting.clear()
  })

  return {
    send(method, params = {}) {
      const id = ++sent
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ error, message, result }) => {
          if (error) reject(new Error(`${method}: ${error}: ${message}`))
          else resolve(result ?? {})
        })
        socket.send(JSON.stringify({ id, method, params }))
      })
    },
    on(event, listener) {
      listeners.push([event, listener])
    },
    close: () => socket.close(),
  }
}

/** A value of the page, as BiDi writes it. */
export interface RemoteValue {
  type: string
  value?: unknown
}

/** The value itself, as far as JSON can hold it. */
export function plainValue({ type, value }: RemoteValue): unknown {
  if (type === 'undefined') return undefined
  if (type === 'null') return null
  if (type === 'number' && typeof value === 'string') return Number(value) // NaN, -0 and infinities
  // The protocol has lists of values, and lists of pairs.
  if (type === 'array') return (value as RemoteValue[]).map(plainValue)
  if (type === 'object')
    return Object.fromEntries((value as [string, RemoteValue][]).map(([name, it]) => [name, plainValue(it)]))
  return value
}
