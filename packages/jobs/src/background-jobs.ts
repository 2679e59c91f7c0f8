/** Long work in steps: each step runs in a transaction that also saves how far the job is, so a restart repeats nothing. */
import type { Db, Queries, Transaction } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import advanceJobSql from './sql/advance_job.sql?raw'
import claimJobSql from './sql/claim_job.sql?raw'
import failJobSql from './sql/fail_job.sql?raw'
import insertJobSql from './sql/insert_job.sql?raw'
import lockWaitingJobSql from './sql/lock_waiting_job.sql?raw'
import lockWebsiteSql from './sql/lock_website.sql?raw'
import selectJobSql from './sql/select_job.sql?raw'
import selectJobs from './sql/select_jobs.sql?raw'

/** A job as stored. */
export interface Job {
  id: string
  websiteId: string
  kind: string
  input: unknown
  /** What the step before returned; null: nothing is done yet. */
  position: unknown
}

/** How far a job is. */
export interface JobProgress {
  id: string
  kind: string
  status: 'waiting' | 'done' | 'failed'
  done: number
  /** Null: not known yet. */
  total: number | null
  /** Of the latest failure; null: none. */
  error: string | null
  /** What it came to, by its kind; null: it is not done, or has nothing to say. */
  result: object | null
  created_at: Date
  /** When the latest step ended. */
  updated_at: Date
}

/** The outcome of a step. */
export interface Step {
  /** Where the next step goes on; left out: the job is done. */
  position?: JobPosition
  /** How many rows this step has dealt with; negative when a job begins again, for those that it will deal with again. */
  done: number
  /** How many there are in all; left out: as before. */
  total?: number
  /** Of the last step: what the job came to, kept with it. */
  result?: object
  /** How long the next step waits, in ms, for example for others to catch up. Default 0. */
  afterMs?: number
}

/** Anything that JSON can hold, except null, which a job has that is not begun. */
export type JobPosition = string | number | object

/** Does the next step of a job; at most a second of work, because it holds locks and the time limits of a transaction apply. */
export type DoStep = (tx: Transaction, job: Job) => Promise<Step>

export interface NewJob {
  websiteId: string
  kind: string
  input: object
  /** How long it waits before its first step, in ms. Default 0. */
  afterMs?: number
}

/** Adds a job, in the transaction of the change that needs it, and returns its id. */
export async function addJob(
  queries: Queries,
  { websiteId, kind, input, afterMs = 0 }: NewJob,
): Promise<string> {
  const params = { website_id: websiteId, kind, input: JSON.stringify(input), after_ms: afterMs }
  const [row] = await run<{ id: string }, keyof typeof params>(queries, jobInsert, params)
  return (row as { id: string }).id // an insert returns its row
}

/**
 * Adds the job unless one of its kind is waiting for the website, and returns the id of the one or the other. For jobs that do the
 * same at any time, such as applying rules as they are at the end.
 */
export async function addJobOnce(tx: Transaction, job: NewJob): Promise<string> {
  const params = { website_id: job.websiteId, kind: job.kind }
  const [, [waiting]] = await Promise.all([
    run<never, 'website_id'>(tx, websiteLock, { website_id: job.websiteId }),
    run<{ id: string }, keyof typeof params>(tx, waitingJobLock, params),
  ])
  return waiting?.id ?? addJob(tx, job)
}

/** The progress of a job; undefined: the website has no such job. */
export async function findJob(
  queries: Queries,
  websiteId: string,
  id: string,
): Promise<JobProgress | undefined> {
  const params = { website_id: websiteId, id }
  const [row] = await run<JobProgress, keyof typeof params>(queries, jobSelect, params)
  return row
}

/** The latest jobs of a website, the newest first. */
export function listJobs(queries: Queries, websiteId: string, limit: number): Promise<JobProgress[]> {
  const params = { website_id: websiteId, limit }
  return run<JobProgress, keyof typeof params>(queries, jobsSelect, params)
}

/** A job that has failed this often in a row stays failed: about 17 minutes of pauses. */
const attempts = 10

export interface JobWorkDeps {
  db: Db
  /** What does the steps of each kind of job; jobs of other kinds wait for a process that knows them. */
  kinds: Record<string, DoStep>
  /** Called with the failure of a step that will be repeated; its job waits, and others go on. */
  onError(error: unknown): void
}

/**
 * Returns the work of a worker: one step of the job that has waited longest. Throws when the failure of a step cannot be
 * recorded, which means that the database is out of reach.
 */
export function createJobWork({ db, kinds, onError }: JobWorkDeps): () => Promise<boolean> {
  return async function work() {
    let claimed: Job | undefined
    try {
      return await db.transaction(async (tx) => {
        claimed = await claim(tx, Object.keys(kinds))
        if (!claimed) return false
        const doStep = kinds[claimed.kind] as DoStep // only such kinds are claimed
        await advance(tx, claimed, await doStep(tx, claimed))
        return true
      })
    } catch (error) {
      if (!claimed) throw error
      await fail(db, claimed, error).catch(() => Promise.reject(error)) // the first failure says more
      onError(error)
      return true
    }
  }
}

interface JobRow extends Omit<Job, 'websiteId'> {
  website_id: string
}

async function claim(tx: Transaction, kinds: string[]): Promise<Job | undefined> {
  const [row] = await run<JobRow, 'kinds'>(tx, jobClaim, { kinds: JSON.stringify(kinds) })
  return row && { ...row, websiteId: row.website_id }
}

async function advance(tx: Transaction, { websiteId, id }: Job, step: Step): Promise<void> {
  const params = {
    website_id: websiteId,
    id,
    position: step.position === undefined ? null : JSON.stringify(step.position),
    result: step.result === undefined ? null : JSON.stringify(step.result),
    done: step.done,
    total: step.total ?? null,
    after_ms: step.afterMs ?? 0,
  }
  await run<never, keyof typeof params>(tx, jobAdvance, params)
}

/** Does nothing when the job has moved on: another worker did the step, or the commit that seemed to fail had taken effect. */
async function fail(db: Db, { websiteId, id, position }: Job, error: unknown): Promise<void> {
  const params = {
    website_id: websiteId,
    id,
    position: position === null ? null : JSON.stringify(position),
    error: error instanceof Error ? error.message : String(error),
    attempts,
  }
  await run<never, keyof typeof params>(db, jobFail, params)
}

const websiteLock = statement(lockWebsiteSql, 'website_id')
const waitingJobLock = statement(lockWaitingJobSql, 'website_id', 'kind')
const jobInsert = statement(insertJobSql, 'website_id', 'kind', 'input', 'after_ms')
const jobSelect = statement(selectJobSql, 'website_id', 'id')
const jobClaim = statement(claimJobSql, 'kinds')
const jobsSelect = statement(selectJobs, 'website_id', 'limit')
const jobAdvance = statement(
  advanceJobSql,
  'website_id',
  'id',
  'position',
  'result',
  'done',
  'total',
  'after_ms',
)
const jobFail = statement(failJobSql, 'website_id', 'id', 'position', 'error', 'attempts')
