/** The course of a transaction on one connection: begin, work, commit or roll back. The same for both drivers. */
import type { Param, Queries, Transaction } from './db.ts'

/**
 * Sends BEGIN without waiting for it, so that it costs no round trip, then runs the work. When a statement fails, those sent
 * behind it fail too: the transaction rejects with the first error, which explains the others.
 */
export async function inTransaction<Result>(
  connection: Queries,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  let firstError: unknown
  let lastSent: Promise<unknown> = Promise.resolve()
  let isEnding = false

  function send<Row>(sql: string, params?: readonly Param[]): Promise<Row[]> {
    const answer = connection.query<Row>(sql, params)
    lastSent = answer.catch((error: unknown) => {
      firstError ??= error
    })
    return answer
  }

  const tx: Transaction = {
    async query<Row>(sql: string, params?: readonly Param[]) {
      if (isEnding) throw new Error('The transaction is over; nothing may follow its commit.')
      return send<Row>(sql, params)
    },
    async commit() {
      isEnding = true
      await send('commit')
    },
  }
  try {
    send('begin')
    const result = await work(tx)
    if (!isEnding) await tx.commit()
    await lastSent
    if (firstError) throw firstError
    return result
  } catch (error) {
    // After a statement that failed, a commit that was sent behind it has rolled back.
    if (!isEnding) send('rollback')
    await lastSent // answers come in order: with this one all are there
    throw firstError ?? error
  }
}
