/** Follows a background job until it ends. */
import { setTimeout as wait } from 'node:timers/promises'
import type { JobProgress } from '@headwater/jobs/background-jobs'
import { runOperation } from './run-operation.ts'

const pauseMs = 500

/** Calls `tell` with each change, also with the first and the last; a failed job sets the exit code 1. */
export async function followJob(
  website: string,
  job: JobProgress,
  tell: (progress: JobProgress) => void,
): Promise<JobProgress> {
  let progress = job
  tell(progress)
  while (progress.status === 'waiting') {
    await wait(pauseMs)
    const now = await runOperation('job.advance', { website, job: job.id })
    if (JSON.stringify(now) !== JSON.stringify(progress)) tell(now)
    progress = now
  }
  if (progress.status === 'failed') process.exitCode = 1
  return progress
}
