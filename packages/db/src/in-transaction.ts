/** The course of a transaction on one connection: begin, work, commit or roll back. The same for both drivers. */
import type { Param, Queries, Transaction } from './db.ts'

/** Answers statements in the order in which they were sent. */
export interface TransactionConnection extends Queries {
  /** Drops the connection when its transaction cannot be ended. */
  destroy?(reason: Error): void
}

const over = 'The transaction is over: its time limit has passed, or its connection was lost.'

/**
 * Begins, then runs the work. Rejects with the first error of a statement, even if the work ignores it, and sends only a rollback
 * after it. BEGIN takes a round trip of its own: what is sent behind a BEGIN that is cancelled would commit on its own.
 */
export async function inTransaction<Result>(
  connection: TransactionConnection,
  work: (tx: Transaction) => Promise<Result>,
  isOver = () => false,
): Promise<Result> {
  let firstError: unknown
  let lastSent: Promise<unknown> = Promise.resolve()
  let hasEnded = false

  function send<Row>(sql: string, params?: readonly Param[]): Promise<Row[]> {
    if (firstError) return Promise.reject(firstError)
    if (isOver()) return Promise.reject(new Error(over))
    const answer = connection.query<Row>(sql, params)
    lastSent = answer.catch((error: unknown) => {
      firstError ??= error // later ones only say that the transaction is aborted
    })
    return answer
  }

  const tx: Transaction = {
    query<Row>(sql: string, params?: readonly Param[]) {
      if (hasEnded)
        return Promise.reject(new Error('The transaction has ended. Nothing may follow its commit.'))
      return send<Row>(sql, params)
    },
    async commit() {
      if (hasEnded) return
      hasEnded = true
      await send('commit')
    },
  }
  try {
    await send('begin')
    const result = await work(tx)
    await tx.commit()
    await lastSent
    if (firstError) throw firstError
    return result
  } catch (error) {
    hasEnded = true
    await lastSent // answers come in order: with this one all are there
    await rollBack(connection)
    throw firstError ?? error
  }
}

/** Needed after a failed commit too: PostgreSQL may have cancelled it before it took effect. */
async function rollBack(connection: TransactionConnection): Promise<void> {
  try {
    await connection.query('rollback')
  } catch (error) {
    connection.destroy?.(error as Error) // drivers reject with nothing else
  }
}
