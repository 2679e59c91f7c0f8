/** The course of a transaction on a connection that answers in order, as PostgreSQL does. */
import { describe, expect, it } from 'vitest'
import type { Queries, Transaction } from './db.ts'
import { inTransaction } from './in-transaction.ts'

/** A connection on which the statement `bad` fails, and then all others until the transaction ends. */
function connect() {
  const sent: string[] = []
  let isAborted = false
  let last: Promise<unknown> = Promise.resolve()
  const connection: Queries = {
    query(sql) {
      sent.push(sql)
      const answer = last.then(() => {
        if (sql === 'commit' || sql === 'rollback') isAborted = false
        else if (isAborted) throw new Error('the transaction is aborted')
        else if (sql === 'bad') {
          isAborted = true
          throw new Error('bad is bad')
        }
        return []
      })
      last = answer.catch(() => {})
      return answer
    },
  }
  return { connection, sent }
}

describe('a transaction', () => {
  it('sends its statements and its commit together when nothing waits for an answer', async () => {
    const { connection, sent } = connect()
    let sentBeforeAnswer: string[] = []
    await inTransaction(connection, (tx) => {
      const answers = [tx.query('a'), tx.query('b'), tx.commit()]
      sentBeforeAnswer = [...sent]
      return Promise.all(answers)
    })
    expect(sentBeforeAnswer).toEqual(['begin', 'a', 'b', 'commit'])
  })

  it('that cannot begin sends no statement, which would commit on its own', async () => {
    const { connection, sent } = connect()
    const cancelled: Queries = {
      query: (sql) => (sql === 'begin' ? Promise.reject(new Error('cancelled')) : connection.query(sql)),
    }
    const work = inTransaction(cancelled, (tx) => Promise.all([tx.query('a'), tx.commit()]))
    await expect(work).rejects.toThrow('cancelled')
    expect(sent).toEqual(['rollback'])
  })

  it('commits after work that does not commit itself', async () => {
    const { connection, sent } = connect()
    expect(await inTransaction(connection, async (tx) => (await tx.query('a')).length)).toBe(0)
    expect(sent).toEqual(['begin', 'a', 'commit'])
  })

  it('rolls back when the work throws, and rejects with its error', async () => {
    const { connection, sent } = connect()
    const work = inTransaction(connection, async (tx) => {
      await tx.query('a')
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(sent).toEqual(['begin', 'a', 'rollback'])
  })

  it.each<[string, (tx: Transaction) => Promise<unknown>]>([
    ['that are sent after it', (tx) => Promise.all([tx.query('bad'), tx.query('a')])],
    [
      'whose failure arrives first',
      (tx) => Promise.all([tx.query('bad').then((rows) => rows), tx.query('a')]),
    ],
    [
      'with the commit after them',
      (tx) => Promise.all([Promise.resolve().then(() => {}), tx.query('bad'), tx.query('a'), tx.commit()]),
    ],
    ['that the work does not wait for', async (tx) => void tx.query('bad').catch(() => {})],
  ])('rejects with the statement that failed, not with those %s', async (_, work) => {
    await expect(inTransaction(connect().connection, work)).rejects.toThrow('bad is bad')
  })

  it('ends with its commit', async () => {
    const work = inTransaction(connect().connection, async (tx) => {
      await tx.commit()
      await tx.query('a')
    })
    await expect(work).rejects.toThrow('Nothing may follow its commit')
  })
})
