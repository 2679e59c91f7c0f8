/** The Db port on an embedded PGlite: a worker thread, one connection, one process per folder. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { checkParams, type Db, type Param, type Session } from './db.ts'
import { inTransaction } from './in-transaction.ts'

export type PgliteCall =
  | { id: number; kind: 'query'; sql: string; params: Param[] }
  | { id: number; kind: 'script'; sql: string }
  | { id: number; kind: 'close' }

export interface PgliteAnswer {
  id: number
  rows?: unknown[]
  error?: { message: string; code?: string; constraint?: string }
}

type Ask = (
  call: { kind: 'query'; sql: string; params: Param[] } | { kind: 'script'; sql: string } | { kind: 'close' },
) => Promise<unknown[]>

const runFile = promisify(execFile)

/** Files of the build, resolved by the package's own name, so that sources under test find them too. */
const { resolve: findFile } = createRequire(import.meta.url)

/**
 * Opens the database in `folder`, and creates it if needed. PGlite does not fsync: after a power cut the last commits can
 * be missing. Take the folder's lock first (folder-lock.ts): two processes on one folder silently lose data.
 */
export async function createPgliteDb({ folder }: { folder: string }): Promise<Db> {
  if (!existsSync(join(folder, 'PG_VERSION')))
    await runFile(process.execPath, [findFile('@headwater/collector/pglite-init'), folder])
  const { ask, stop } = await startWorker(folder)
  const takeTurn = createTurns()

  const session: Session = {
    async query<Row>(sql: string, params: readonly Param[] = []) {
      checkParams(params)
      return (await ask({ kind: 'query', sql, params: [...params] })) as Row[] // the caller states what its statement selects
    },
    async script(sql) {
      await ask({ kind: 'script', sql })
    },
  }
  return {
    query: (sql, params) => takeTurn(() => session.query(sql, params)),
    transaction: (work) => takeTurn(() => inTransaction(session, work)),
    session: (work) => takeTurn(() => work(session)),
    close: () => takeTurn(stop),
  }
}

/** Runs one piece of work at a time, in the order asked for. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work)
    last = turn.catch(() => {
      // The caller gets the error; the next work in the queue must not.
    })
    return turn
  }
}

async function startWorker(folder: string): Promise<{ ask: Ask; stop: () => Promise<void> }> {
  const worker = new Worker(findFile('@headwater/collector/pglite-worker'), { workerData: { folder } })
  const waiting = new Map<number, { resolve: (rows: unknown[]) => void; reject: (error: Error) => void }>()
  let lastId = 0

  worker.on('message', ({ id, rows, error }: PgliteAnswer) => {
    const caller = waiting.get(id)
    waiting.delete(id)
    if (error) caller?.reject(Object.assign(new Error(error.message), error))
    else caller?.resolve(rows ?? [])
  })
  let death: Error | undefined
  const failAll = (error: Error) => {
    death ??= error
    for (const caller of waiting.values()) caller.reject(death)
    waiting.clear()
  }
  worker.on('error', failAll)
  worker.on('exit', () => failAll(new Error('The embedded database has stopped. Restart the collector.')))

  const ask: Ask = (call) =>
    new Promise((resolve, reject) => {
      if (death) return reject(death)
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      worker.postMessage({ ...call, id: lastId })
    })
  const isReady = new Promise((resolve, reject) => waiting.set(0, { resolve, reject }))
  await isReady
  return {
    ask,
    async stop() {
      await ask({ kind: 'close' })
      const hasEnded = once(worker, 'exit')
      await worker.terminate()
      await hasEnded
    },
  }
}
