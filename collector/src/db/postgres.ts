/** The Db port on a PostgreSQL server, by postgres.js. */
import postgres from 'postgres'
import { checkParams, type Db, type Param, type Queries } from './db.ts'
import { withTimeLimit } from './time-limit.ts'

// Statement limit < answer limit < the SDK's 10 s: a 503 should rarely hide a commit that still happens.
const statementTimeoutMs = 2_000
const answerLimitMs = 3_000

/**
 * Connects lazily to the server at `url`. Every call ends within 3 s, also while the server is away: postgres.js
 * would wait for minutes while it reconnects.
 */
export function createPostgresDb({ url, connections = 6 }: { url: string; connections?: number }): Db {
  const sql = postgres(url, {
    max: connections,
    connect_timeout: 2,
    fetch_types: false, // arrays travel as text
    onnotice: () => {}, // "relation already exists, skipping" is no news
    connection: { application_name: 'headwater', statement_timeout: statementTimeoutMs },
  })
  return {
    kind: 'PostgreSQL',
    query: (text, params) => withTimeLimit(queriesOn(sql).query(text, params), answerLimitMs),
    transaction(work) {
      let isOver = false
      const committed = sql.begin((tx) => work(queriesOn(tx, () => isOver)))
      // After the limit the work must not go on: its next statement throws, and the transaction rolls back.
      return withTimeLimit(committed as ReturnType<typeof work>, answerLimitMs).finally(() => {
        isOver = true
      })
    },
    async script(text) {
      await sql.begin((tx) => tx.unsafe(`set local statement_timeout = 0; ${text}`).simple())
    },
    close: () => sql.end({ timeout: 4 }),
  }
}

function queriesOn(sql: postgres.Sql | postgres.TransactionSql, isOver = () => false): Queries {
  return {
    async query<Row>(text: string, params: readonly Param[] = []) {
      if (isOver()) throw new Error('The transaction is over: its time limit has passed.')
      checkParams(params)
      const rows = await sql.unsafe(text, [...params], { prepare: true })
      return rows as unknown as Row[] // the caller states what its statement selects
    },
  }
}
