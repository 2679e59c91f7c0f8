/** One connection to a PostgreSQL server. It never reconnects: when it is lost, its owner opens another one. */
import type { Socket } from 'node:net'
import postgres from 'postgres'
import type { Param, Queries } from './db.ts'
import { createLife } from './life.ts'
import { openSocket, type PostgresAddress, type PostgresSocket, type TlsMode } from './postgres-socket.ts'
import { TimeLimitError } from './time-limit.ts'

/** Statements run in the order of the calls, each sent without waiting for the one before. */
export interface PostgresConnection extends Queries {
  /** Runs several statements without parameters. */
  script(sql: string): Promise<void>
  /** False once it is lost, destroyed or closed; from then on every statement rejects at once. */
  isOpen(): boolean
  /** Settles as the work does; rejects at once when the connection is lost meanwhile. */
  unlessLost<Result>(work: Promise<Result>): Promise<Result>
  /** Destroys the connection. Whatever waits for it rejects with the reason. */
  destroy(reason: Error): void
  /** Closes the connection in an orderly way; waits a second at most. */
  close(): Promise<void>
}

/** A connection could not be opened, or was lost: then it is unknown whether the server has run its statements. */
export class ConnectionError extends Error {
  override name = 'ConnectionError'
  /** Of the system, such as ECONNREFUSED, where a connection could not be opened. */
  code?: string
}

interface Target extends Required<ConnectOptions> {
  url: string
  address: PostgresAddress
}

/** Of PostgreSQL: a statement that runs longer is cancelled. */
const statementTimeoutMs = 2_000
/** For each host: one that cannot be reached should not use up the 3 s of a call. */
const connectLimitMs = 2_000

/**
 * postgres.js 3.4.9 reconnects with the state of the connection before: unsent bytes, a cancelled write that it waits for,
 * the last error, statements of a transaction that died. That ends the process, blocks the connection, fails the next
 * statement, or lets a dead transaction continue inside another one (porsager/postgres#1208, #1209, #1215, #1216, #1223).
 * So each connection is a separate client, which gets a socket once.
 */
const onlyOnce = {
  max: 1, // also lets us write `begin` ourselves, instead of using `sql.begin`
  connect_timeout: 0, // none: ours includes the host's name
  ssl: false, // its socket has TLS already
  max_lifetime: null, // none: it would end a transaction between two statements
} as const

const driverOptions = {
  fetch_types: false, // arrays travel as text
  onnotice: () => {}, // "relation already exists, skipping" needs no action
}

const settings: Settings = {
  application_name: 'headwater',
  statement_timeout: statementTimeoutMs,
  idle_in_transaction_session_timeout: 5_000, // ms: a collector whose machine is gone must not keep its locks
}

/** Settings of PostgreSQL for a connection. */
export type Settings = Record<string, string | number | boolean>

export interface ConnectOptions {
  /** In addition to those that every connection has. */
  settings?: Settings
  /** To open a connection to one host. Default: 2 s. */
  limitMs?: number
}

/**
 * Returns a function that opens a connection, at the first host of `url` that accepts one; each has 2 s for it. The
 * function rejects with the error of the last host.
 */
export function createConnect(
  url: string,
  { settings = {}, limitMs = connectLimitMs }: ConnectOptions = {},
): () => Promise<PostgresConnection> {
  const addresses = addressesOf(url)
  return async () => {
    let failure: unknown
    for (const address of addresses) {
      try {
        return await openConnection({ url, address, settings, limitMs })
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

/** As the driver reads them, from the URL and the PG… variables. */
function addressesOf(url: string): PostgresAddress[] {
  const { options } = postgres(url) // connects to nothing before its first statement
  const { host, port, path, ssl, sslnegotiation } = options as typeof options & DriverTls
  const tls = ssl ? tlsMode(ssl, sslnegotiation) : undefined
  return host.map((name, i) => ({ host: name, port: port[i] ?? 5432, path: path || undefined, tls }))
}

/** What the driver's types leave out, but a URL may contain. */
interface DriverTls {
  ssl?: string | boolean
  sslnegotiation?: string | null
}

const tlsMode = (ssl: string | boolean, negotiation?: string | null): TlsMode => ({
  isOptional: ssl === 'prefer' || ssl === 'allow',
  isVerified: ssl !== 'prefer' && ssl !== 'allow' && ssl !== 'require',
  isDirect: negotiation === 'direct',
})

async function openConnection(target: Target): Promise<PostgresConnection> {
  const { address, limitMs } = target
  const connection = createConnection(target)
  const limit = setTimeout(
    () => connection.destroy(new TimeLimitError(`No PostgreSQL answers at ${place(address)}.`)),
    limitMs,
  )
  try {
    await connection.query('select 1')
    return connection
  } catch (error) {
    connection.destroy(error as Error) // the driver and PostgreSQL reject with nothing else
    throw error
  } finally {
    clearTimeout(limit)
  }
}

function createConnection({ url, address, settings: more }: Target): PostgresConnection {
  const life = createLife()
  let socket: PostgresSocket | undefined
  let hasAnswered = false

  /** Called by the driver when it connects, and when it tries again. */
  async function giveSocket(): Promise<Socket> {
    life.check()
    if (socket) throw new Error('The server closed it before it could be used.')
    socket = openSocket(address)
    return socket.ready
  }
  function destroy(reason: Error): void {
    life.end(reason)
    socket?.destroy(reason)
  }
  const lost = (cause?: unknown) =>
    new ConnectionError(`The connection to PostgreSQL at ${place(address)} was lost.`, { cause })

  const hooks = { socket: giveSocket, onclose: () => destroy(lost()) } // the driver's types leave out `socket`
  const { host, port, path } = address
  const connection = { ...settings, ...more } as Record<string, string> // the driver turns the others into text
  const options = { ...onlyOnce, ...driverOptions, connection, host, port, path }
  const sql = postgres(url, Object.assign(options, hooks))

  async function ask<Answer>(question: () => PromiseLike<Answer>): Promise<Answer> {
    life.check()
    try {
      const answer = await life.during(question())
      hasAnswered = true
      return answer
    } catch (error) {
      if (error instanceof postgres.PostgresError) throw error
      life.check()
      // Not an error that the server sent: the connection is unusable.
      const reason = hasAnswered ? lost(error) : notOpened(address, error as Error) // the driver rejects with nothing else
      destroy(reason)
      throw reason
    }
  }
  return {
    async query<Row>(text: string, params: readonly Param[] = []) {
      const rows = await ask(() => sql.unsafe(text, [...params], { prepare: true }))
      return rows as unknown as Row[] // the caller states what its statement selects
    },
    async script(text) {
      await ask(() => sql.unsafe(text).simple())
    },
    isOpen: life.goesOn,
    unlessLost: life.during,
    destroy,
    async close() {
      if (!life.goesOn()) return
      const closed = new Error('The connection has been closed.')
      life.end(closed)
      await sql.end({ timeout: 1 }) // seconds
      socket?.destroy(closed)
    },
  }
}

function notOpened(address: PostgresAddress, cause: Error & { code?: string }): ConnectionError {
  // With several addresses of a host each has its own error; the error that contains them has no message.
  const what = cause.message || cause.code
  const error = new ConnectionError(`No connection to PostgreSQL at ${place(address)}: ${what}`, { cause })
  return Object.assign(error, { code: cause.code })
}

const place = ({ host, port, path }: PostgresAddress) => path ?? `${host}:${port}`
