/** The Db port on a PostgreSQL server, with postgres.js. */
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts'
import { checkParams, type Db, type Param } from './db.ts'
import { inTransaction } from './in-transaction.ts'
import { createConnect, type PostgresConnection, type Settings } from './postgres-connection.ts'
import { withTimeLimit } from './time-limit.ts'

/** For transactions: two for the writers, and one for administration. For single statements: three for all others. */
const connections = 3

/**
 * The statements of transactions find rows by their keys. So they are planned once, by index: plans for the values of each
 * group cost as much as inserting them, and those made while a table was empty would stay when it is large.
 */
const planOnce = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: false,
  enable_hashjoin: false,
  enable_mergejoin: false,
  jit: false, // a plan that scans after all looks expensive enough to be compiled
}
/** What PostgreSQL caches for a connection, such as plans and partitions, grows with its age. A guess. */
const maxAgeMs = 45 * 60_000

/** Leaves a connection with its initial settings. */
const endSession = 'reset all; select pg_advisory_unlock_all()'

export interface PostgresLimits {
  /** For a statement or a transaction, including the time to get and open a connection. */
  callMs: number
  /**
   * After its limit a call keeps its connection until the server answers, which has a limit for statements too. A server
   * that has not answered by now cannot be reached, and another connection replaces this one.
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
  const createPool = (settings: Settings) =>
    createConnectionPool({
      size: connections,
      connect: createConnect(url, { settings }),
      maxAgeMs,
      now: Date.now,
    })
  const statements = createPool({})
  const transactions = createPool(planOnce)

  function call<Result>(
    pool: ConnectionPool<PostgresConnection>,
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
      return call(statements, (connection) => connection.query<Row>(sql, params))
    },
    transaction: (work) =>
      call(transactions, (connection, isOver) => inTransaction(connection, work, isOver)),
    session: (work) =>
      statements.use(async (connection) => {
        await connection.query('set statement_timeout = 0')
        try {
          return await work(connection)
        } finally {
          await connection.script(endSession).catch(connection.destroy)
        }
      }),
    async close() {
      await Promise.all([statements.close(), transactions.close()])
    },
  }
}
