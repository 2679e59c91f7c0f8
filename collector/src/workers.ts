/** The work behind the requests: crediting persons again, and long jobs. */
import type { Db } from '@headwater/db/db'
import { createJobWork } from '@headwater/jobs/background-jobs'
import { startWorker, type Worker } from '@headwater/jobs/worker'
import { createCreditWork } from './credit/recompute/credit-work.ts'
import { jobKinds } from './jobs.ts'

export interface WorkerDeps {
  db: Db
  /** Epoch ms. */
  now(): number
  /** Called with failures; the work is tried again. */
  onError(error: unknown): void
}

export interface Workers {
  /** Resolves when the work in progress has ended; the database must stay open until then. */
  stop(): Promise<void>
}

/** A late touch moves credit within 2 s: this pause, and the work before it in the queue. */
const idleMs = 500

/** Starts the workers of a collector; several collectors on one database share the work. */
export function startWorkers({ db, now, onError }: WorkerDeps): Workers {
  const doTasks = createCreditWork({ db, now, onError })
  const doStep = createJobWork({ db, kinds: jobKinds, onError })
  const credit: Worker = startWorker({
    async work() {
      const hasMore = await doTasks()
      if (hasMore) jobs.wake() // a job may wait for room in the queue
      return hasMore
    },
    idleMs,
    onError,
  })
  const jobs: Worker = startWorker({
    async work() {
      const hasMore = await doStep()
      if (hasMore) credit.wake() // steps fill its queue
      return hasMore
    },
    idleMs,
    onError,
  })
  return {
    async stop() {
      await Promise.all([credit.stop(), jobs.stop()])
    },
  }
}
