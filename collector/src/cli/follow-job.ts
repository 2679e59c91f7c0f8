/** Follows a background job until it ends. */
import { setTimeout as wait } from 'node:timers/promises'
import type { JobProgress } from '@headwater/jobs/background-jobs'
import { jobText } from './job-text.ts'
import { runOperation } from './run-operation.ts'

const pauseMs = 500

/**
 * Returns the job as it ended; a failed one sets the exit code 1. Progress goes to standard error, so that standard output holds only
 * the result.
 */
export async function followJob(website: string, job: JobProgress): Promise<JobProgress> {
  let progress = job
  let said = ''
  while (progress.status === 'waiting') {
    const text = jobText(progress)
    if (text !== said) console.error(text)
    said = text
    await wait(pauseMs)
    progress = await runOperation('job.advance', { website, job: job.id })
  }
  if (progress.status === 'failed') process.exitCode = 1
  return progress
}
