/** The Db port on a PostgreSQL server, by postgres.js. */
import postgres from 'postgres'
import { checkParams, type Db, type Param, type Queries, type Transaction } from './db.ts'
import { inTransaction } from './in-transaction.ts'
import { withTimeLimit } from './time-limit.ts'

const statementTimeoutMs = 2_000
/** Of a statement or a transaction, also while the server is away: postgres.js would wait for minutes. */
const callLimitMs = 3_000

/** Connects lazily to the server at `url`. Every statement and every transaction ends within 3 s. */
export function createPostgresDb({ url }: { url: string }): Db {
  const sql = postgres(url, {
    max: 6, // two for the writers; tokens, dimensions and readiness share the others
    connect_timeout: 2, // seconds: a server that cannot be reached should not use up the limit of a call
    fetch_types: false, // arrays travel as text
    onnotice: () => {}, // "relation already exists, skipping" is no news
    connection: {
      application_name: 'headwater',
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: 5_000, // ms: a collector whose machine is gone must not keep its locks
    },
  })
  return {
    query: (text, params) => withTimeLimit(queriesOn(sql).query(text, params), callLimitMs),
    transaction(work) {
      let isLate = false
      // After the limit the work must not go on: its next statement throws, and the transaction rolls back.
      const inTime = (tx: Transaction): Transaction => ({
        query: (text, params) =>
          isLate ? Promise.reject(new Error('The time limit has passed.')) : tx.query(text, params),
        commit: () => (isLate ? Promise.reject(new Error('The time limit has passed.')) : tx.commit()),
      })
      const committed = onOneConnection(sql, (queries) => inTransaction(queries, (tx) => work(inTime(tx))))
      return withTimeLimit(committed, callLimitMs).finally(() => {
        isLate = true
      })
    },
    async script(text) {
      await sql.begin((tx) => tx.unsafe(`set local statement_timeout = 0; ${text}`).simple())
    },
    async scriptOutsideTransaction(text) {
      const connection = await sql.reserve()
      try {
        await connection.unsafe('set statement_timeout = 0')
        await connection.unsafe(text).simple()
      } finally {
        await connection.unsafe(`set statement_timeout = ${statementTimeoutMs}`)
        connection.release()
      }
    },
    close: () => sql.end({ timeout: 4 }), // seconds: a shutdown takes 5 at most
  }
}

async function onOneConnection<Result>(
  sql: postgres.Sql,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  const connection = await sql.reserve()
  try {
    return await work(queriesOn(connection))
  } finally {
    connection.release()
  }
}

function queriesOn(sql: postgres.Sql): Queries {
  return {
    async query<Row>(text: string, params: readonly Param[] = []) {
      checkParams(params)
      const rows = await sql.unsafe(text, [...params], { prepare: true })
      return rows as unknown as Row[] // the caller states what its statement selects
    },
  }
}
