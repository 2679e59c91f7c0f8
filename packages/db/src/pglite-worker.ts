/** Runs PGlite in a worker thread: in the main thread it would block every request while it works. */

import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import type { PgliteAnswer, PgliteCall } from './pglite.ts'

const database = await PGlite.create((workerData as { folder: string }).folder) // set by pglite.ts, the only starter

parentPort?.on('message', answer) // pglite.ts sends one message at a time
parentPort?.postMessage({ id: 0, rows: [] } satisfies PgliteAnswer)

async function answer(call: PgliteCall): Promise<void> {
  try {
    const rows = await run(call)
    parentPort?.postMessage({ id: call.id, rows } satisfies PgliteAnswer)
  } catch (error) {
    // A DatabaseError of PGlite
    const { message, code, constraint } = error as { message: string; code?: string; constraint?: string }
    parentPort?.postMessage({ id: call.id, error: { message, code, constraint } } satisfies PgliteAnswer)
  }
}

async function run(call: PgliteCall): Promise<unknown[]> {
  if (call.kind === 'close') {
    await database.close()
    return []
  }
  if (call.kind === 'script') {
    await database.exec(call.sql)
    return []
  }
  return (await database.query(call.sql, call.params)).rows
}
