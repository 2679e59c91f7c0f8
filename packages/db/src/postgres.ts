/** The Db port on a PostgreSQL server, by postgres.js. */
import { createConnectionPool } from './connection-pool.ts'
import { checkParams, type Db, type Param, type Queries, sqlstateOf } from './db.ts'
import { createConnect, type PostgresConnection } from './postgres-connection.ts'
import { withTimeLimit } from './time-limit.ts'

/** Two for the writers; tokens, dimensions and readiness share the others. */
const connections = 6
/** What PostgreSQL caches for a connection, such as plans and partitions, grows with its age. A guess. */
const maxAgeMs = 45 * 60_000

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
    async query(text, params = []) {
      checkParams(params)
      return call((connection) => connection.query(text, params))
    },
    transaction: (work) => call((connection, isOver) => inTransaction(connection, work, isOver)),
    async script(text) {
      const statements = `set local statement_timeout = 0; ${text}`
      await pool.use((connection) => inTransaction(connection, () => connection.script(statements)))
    },
    close: pool.close,
  }
}

const over = 'The transaction is over: its time limit has passed, or its connection was lost.'

/** Whatever statement of it fails, the transaction is rolled back, also when the work goes on in spite of it. */
async function inTransaction<Result>(
  connection: PostgresConnection,
  work: (tx: Queries) => Promise<Result>,
  isOver = () => false,
): Promise<Result> {
  let hasEnded = false
  let failure: unknown
  async function ask<Row>(text: string, params: readonly Param[]): Promise<Row[]> {
    if (hasEnded) throw new Error('The transaction has ended. Await its statements before its work returns.')
    if (isOver()) throw new Error(over)
    checkParams(params)
    return connection.query<Row>(text, params)
  }
  async function run(): Promise<Result> {
    try {
      return await work({
        query<Row>(text: string, params: readonly Param[] = []) {
          const answer = ask<Row>(text, params)
          answer.catch((error: unknown) => {
            failure ??= error // also of a statement that nobody awaits
          })
          return answer
        },
      })
    } finally {
      hasEnded = true
    }
  }

  await connection.query('begin')
  try {
    const result = await run()
    if (failure !== undefined) throw failure
    if (isOver()) throw new Error(over)
    await connection.query('commit')
    return result
  } catch (error) {
    await rollBack(connection)
    // "The transaction is aborted" is what statements behind the failed one say; theirs may be heard first.
    throw sqlstateOf(error) === '25P02' ? (failure ?? error) : error
  }
}

async function rollBack(connection: PostgresConnection): Promise<void> {
  try {
    await connection.query('rollback')
  } catch (error) {
    connection.destroy(error as Error) // nobody may get a connection with an open transaction
  }
}
