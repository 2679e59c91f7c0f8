/** Speaks WebDriver with one session: HTTP requests, one after another. */
import { setTimeout as elapse } from 'node:timers/promises'

export interface WebDriver {
  /** Rejects with the driver's error. */
  send(method: string, path: string, body?: object): Promise<unknown>
  /** The same for this window. Without an answer within `limitMs` (default: a minute) it rejects with a TimeoutError. */
  sendTo(window: string, method: string, path: string, body?: object, limitMs?: number): Promise<unknown>
  /** Ends the session, and with it the browser. */
  end(): Promise<void>
}

const startMs = 20_000

/** Opens a session as soon as the driver listens. */
export async function connectWebDriver(port: number, capabilities: object): Promise<WebDriver> {
  const origin = `http://127.0.0.1:${port}`
  await listening(origin)
  const { sessionId } = (await ask('POST', `${origin}/session`, {
    capabilities: { alwaysMatch: capabilities },
  })) as { sessionId: string } // as the protocol says
  const session = `${origin}/session/${sessionId}`
  let current: string | undefined
  let last: Promise<unknown> = Promise.resolve()

  /** After all commands before it, because they share the current window. */
  function inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const done = last.then(task)
    last = done.catch(() => {})
    return done
  }
  const send = (method: string, path: string, body?: object) => ask(method, session + path, body)

  return {
    send: (method, path, body) => inTurn(() => send(method, path, body)),
    sendTo: (window, method, path, body, limitMs) =>
      inTurn(async () => {
        if (current !== window) await send('POST', '/window', { handle: window })
        current = window
        return ask(method, session + path, body, limitMs)
      }),
    end: () => inTurn(async () => void (await ask('DELETE', session))),
  }
}

async function listening(origin: string): Promise<void> {
  const endsAt = Date.now() + startMs
  for (;;) {
    try {
      return void (await ask('GET', `${origin}/status`))
    } catch (error) {
      if (Date.now() > endsAt) throw error
      await elapse(20)
    }
  }
}

async function ask(method: string, address: string, body?: object, limitMs = 60_000): Promise<unknown> {
  const signal = AbortSignal.timeout(limitMs)
  const answer = await fetch(address, { method, body: body && JSON.stringify(body), signal })
  const { value } = (await answer.json()) as { value: { error?: string; message?: string } | null }
  if (!answer.ok) throw new Error(`${method} ${address}: ${value?.error}: ${value?.message}`)
  return value
}
