/** The Db port on a PostgreSQL server, by postgres.js. */
import { createConnectionPool } from './connection-pool.ts'
import { checkParams, type Db, type Param } from './db.ts'
import { inTransaction } from './in-transaction.ts'
import { createConnect, type PostgresConnection } from './postgres-connection.ts'
import { withTimeLimit } from './time-limit.ts'

/** Two for the writers; tokens, dimensions and readiness share the others. */
const connections = 6
/** What PostgreSQL caches for a connection, such as plans and partitions, grows with its age. A guess. */
const maxAgeMs = 45 * 60_000

/** Leaves a connection as it was opened. */
const endSession = 'reset all; select pg_advisory_unlock_all()'

export interface PostgresLimits {
  /** Of a statement or a transaction, with waiting for a connection and opening it. */
  callMs: number
  /**
   * After its limit a call keeps its connection until the server answers, which has a limit for statements too. A server
   * that has said nothing by now cannot be reached, and another connection takes the place of this one.
   */
  patienceMs: number
}

const defaultLimits: PostgresLimits = { callMs: 3_000, patienceMs: 10_000 }

/**
 * Connects lazily to the server at `url`. Every statement and every transaction ends within 3 s; one whose connection is
 * lost rejects at once, and the next one opens another connection.
 */
export function createPostgresDb({ url, limits }: { url: string; limits?: PostgresLimits }): Db {
  const { callMs, patienceMs } = limits ?? defaultLimits
  const pool = createConnectionPool({
    size: connections,
    connect: createConnect(url),
    maxAgeMs,
    now: Date.now,
  })

  function call<Result>(
    work: (connection: PostgresConnection, isOver: () => boolean) => Promise<Result>,
  ): Promise<Result> {
    let hasEnded = false
    const isOver = () => hasEnded
    const result = pool.use((connection) => work(connection, isOver), { isOver, patienceMs })
    return withTimeLimit(result, callMs).finally(() => {
      hasEnded = true
    })
  }
  return {
    async query<Row>(sql: string, params: readonly Param[] = []) {
      checkParams(params) // before a connection is opened for it
      return call((connection) => connection.query<Row>(sql, params))
    },
    transaction: (work) => call((connection, isOver) => inTransaction(connection, work, isOver)),
    session: (work) =>
      pool.use(async (connection) => {
        await connection.query('set statement_timeout = 0')
        try {
          return await work(connection)
        } finally {
          await connection.script(endSession).catch(connection.destroy)
        }
      }),
    close: pool.close,
  }
}
