/** Starts the job that applies a website's rules to its history, or only counts what that would change. */
import { constraintOf, type Db } from '@headwater/db/db'
import { addJobOnce, type JobProgress } from '@headwater/jobs/background-jobs'
import { z } from 'zod'
import { progressOf } from '../jobs.ts'
import { readInput } from '../operation-error.ts'
import { unknownWebsite, websiteId } from '../websites/websites.ts'
import { applyRulesKind, previewRulesKind } from './apply-rules.ts'

const applyInput = z.strictObject({
  website: websiteId,
  dry_run: z.boolean('must be true or false').default(false),
})

/**
 * Adds the job, or returns the one that has not ended yet: it applies the rules as they are at its end. Its result is the
 * `ChangeCounts`; of a dry run, those that applying would have.
 */
export async function applyRules(db: Db, input: unknown): Promise<JobProgress> {
  const { website, dry_run: isPreview } = readInput(applyInput, input)
  const job = { websiteId: website, kind: isPreview ? previewRulesKind : applyRulesKind, input: {} }
  const id = await db
    .transaction((tx) => addJobOnce(tx, job))
    .catch((error: unknown) => {
      throw constraintOf(error) === 'background_job_belongs_to_website' ? unknownWebsite(website) : error
    })
  return progressOf(db, website, id)
}
