/** The collector's long jobs by their kind in `background_jobs`, and how far they are. */
import type { Db } from '@headwater/db/db'
import {
  createJobWork,
  type DoStep,
  findJob,
  type JobProgress,
  listJobs,
} from '@headwater/jobs/background-jobs'
import { z } from 'zod'
import { applyChannelsKind, applyChannelsStep } from './channels/apply-channels.ts'
import { creditAgain, creditAgainKind } from './credit/recompute/credit-again.ts'
import { doEraseStep } from './identity/erase/erase-step.ts'
import { NotFoundError, readInput } from './operation-error.ts'
import {
  applyRulesKind,
  createApplyRules,
  createPreviewRules,
  previewRulesKind,
} from './rules/apply-rules.ts'
import { websiteId } from './websites/websites.ts'

/** What does the steps of each kind of job. */
export const jobKinds: Record<string, DoStep> = {
  [applyChannelsKind]: applyChannelsStep,
  [creditAgainKind]: creditAgain,
  erase: doEraseStep,
  [applyRulesKind]: createApplyRules(),
  [previewRulesKind]: createPreviewRules(),
}

/** Steps of one call: up to 2 s of work. */
const stepsPerCall = 20

const jobInput = z.strictObject({
  website: websiteId,
  job: z.string().regex(/^\d{1,18}$/, 'must be the id of a job'),
})
const listInput = z.strictObject({ website: websiteId })

/** Jobs of a list: those of weeks, usually. */
const listedJobs = 20

/** The latest jobs of a website, the newest first. */
export async function listLatestJobs(db: Db, input: unknown): Promise<JobProgress[]> {
  return listJobs(db, readInput(listInput, input).website, listedJobs)
}

/** How far a job is. Throws a NotFoundError when the website has no such job. */
export async function showJob(db: Db, input: unknown): Promise<JobProgress> {
  const { website, job } = readInput(jobInput, input)
  return progressOf(db, website, job)
}

/**
 * Says how far a job is, after doing some of the work itself, so that a job makes progress where no collector runs. Throws a
 * NotFoundError when the website has no such job.
 */
export async function advanceJob(db: Db, input: unknown): Promise<JobProgress> {
  const { website, job } = readInput(jobInput, input)
  const work = createJobWork({ db, kinds: jobKinds, onError() {} }) // the progress has the error of a failed step
  for (let step = 0; step < stepsPerCall && (await progressOf(db, website, job)).status === 'waiting'; step++)
    if (!(await work())) break
  return progressOf(db, website, job)
}

/** Throws a NotFoundError when the website has no such job. */
export async function progressOf(db: Db, website: string, job: string): Promise<JobProgress> {
  const progress = await findJob(db, website, job)
  if (!progress)
    throw new NotFoundError(
      `Website ${website} has no job ${job}. See \`headwater job list --website ${website}\`.`,
    )
  return progress
}
