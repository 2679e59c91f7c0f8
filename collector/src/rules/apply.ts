/** Starts the job that applies a website's rules to its history, and says how far it is. */
import { constraintOf, type Db } from '@headwater/db/db'
import { addJobOnce, findJob, type JobProgress } from '@headwater/jobs/background-jobs'
import { z } from 'zod'
import { NotFoundError, readInput } from '../operation-error.ts'
import { unknownWebsite, websiteId } from '../websites/websites.ts'
import { applyRulesKind } from './apply-rules.ts'

const applyInput = z.strictObject({ website: websiteId })
const progressInput = z.strictObject({
  website: websiteId,
  job: z
    .string()
    .regex(/^\d{1,18}$/, 'must be the id of a job, as `headwater rule apply --no-wait` prints it'),
})

/** Adds the job, or returns the one that has not ended yet: it applies the rules as they are at its end. */
export async function applyRules(db: Db, input: unknown): Promise<JobProgress> {
  const { website } = readInput(applyInput, input)
  const job = { websiteId: website, kind: applyRulesKind, input: {} }
  const id = await db
    .transaction((tx) => addJobOnce(tx, job))
    .catch((error: unknown) => {
      throw constraintOf(error) === 'background_job_belongs_to_website' ? unknownWebsite(website) : error
    })
  return progressOf(db, website, id)
}

/** How far the job is. */
export async function applyProgress(db: Db, input: unknown): Promise<JobProgress> {
  const { website, job } = readInput(progressInput, input)
  return progressOf(db, website, job)
}

async function progressOf(db: Db, website: string, id: string): Promise<JobProgress> {
  const found = await findJob(db, website, id)
  if (found?.kind === applyRulesKind) return found
  throw new NotFoundError(
    `Website ${website} has no job ${id} that applies rules. Start one with \`headwater rule apply --website ${website}\`.`,
  )
}
