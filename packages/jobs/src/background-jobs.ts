/** Long work in steps: each step runs in a transaction that also saves how far the job is, so a restart repeats nothing. */
import type { Db, Queries, Transaction } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import advanceJobSql from './sql/advance_job.sql?raw'
import claimJobSql from './sql/claim_job.sql?raw'
import failJobSql from './sql/fail_job.sql?raw'
import insertJobSql from './sql/insert_job.sql?raw'
import selectJobSql from './sql/select_job.sql?raw'

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
}

/** The outcome of a step. */
export interface Step {
  /** Where the next step goes on; undefined: the job is done. */
  position?: unknown
  /** How many rows this step has dealt with. */
  done: number
  /** How many there are in all; left out: as before. */
  total?: number
  /** How long the next step waits, in ms. Default 0. */
  afterMs?: number
}

/** Does the next step of a job; at most a second of work, because it holds locks and the time limits of a transaction apply. */
export type DoStep = (tx: Transaction, job: Job) => Promise<Step>

/** Adds a job, in the transaction of the change that needs it, and returns its id. */
export async function addJob(
  queries: Queries,
  { websiteId, kind, input }: { websiteId: string; kind: string; input: object },
): Promise<string> {
  const params = { website_id: websiteId, kind, input: JSON.stringify(input) }
  const [row] = await run<{ id: string }, keyof typeof params>(queries, jobInsert, params)
  return (row as { id: string }).id // an insert returns its row
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

/** A job that has failed this often in a row stays failed: about 17 minutes of pauses. */
const attempts = 10

/** Returns the work of a worker: one step of the job that has waited longest. */
export function createJobWork({ db, kinds }: { db: Db; kinds: Record<string, DoStep> }) {
  return async function work(): Promise<boolean> {
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
      if (claimed) await fail(db, claimed, error)
      throw error
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
    done: step.done,
    total: step.total ?? null,
    after_ms: step.afterMs ?? 0,
  }
  await run<never, keyof typeof params>(tx, jobAdvance, params)
}

async function fail(db: Db, { websiteId, id }: Job, error: unknown): Promise<void> {
  const params = {
    website_id: websiteId,
    id,
    error: error instanceof Error ? error.message : String(error),
    attempts,
  }
  await run<never, keyof typeof params>(db, jobFail, params)
}

const jobInsert = statement(insertJobSql, 'website_id', 'kind', 'input')
const jobSelect = statement(selectJobSql, 'website_id', 'id')
const jobClaim = statement(claimJobSql, 'kinds')
const jobAdvance = statement(advanceJobSql, 'website_id', 'id', 'position', 'done', 'total', 'after_ms')
const jobFail = statement(failJobSql, 'website_id', 'id', 'error', 'attempts')
