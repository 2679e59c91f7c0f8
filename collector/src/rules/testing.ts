/** For tests of rules: applying them to history, and the part of the credit worker that decides what counts. Never shipped. */
import type { Db } from '@headwater/db/db'
import { createJobWork } from '@headwater/jobs/background-jobs'
import { recount } from '../credit/counting/recount.ts'
import { lockCustomers } from '../identity/lock-customers.ts'
import { showJob } from '../jobs.ts'
import { applyRules } from './apply.ts'
import {
  type ApplyOptions,
  applyRulesKind,
  createApplyRules,
  createPreviewRules,
  previewRulesKind,
} from './apply-rules.ts'

/** Applies the rules of a website to its history, without waiting for collectors; returns what the job came to. */
export async function applyAll(db: Db, website: string, options: ApplyOptions = {}): Promise<object | null> {
  const { id } = await applyRules(db, { website })
  const doStep = createApplyRules({ settleMs: 0, ...options })
  const work = createJobWork({ db, kinds: { [applyRulesKind]: doStep }, onError: raise })
  while (await work());
  return (await showJob(db, { website, job: id })).result
}

/** Returns what applying the rules of a website would come to. */
export async function previewAll(
  db: Db,
  website: string,
  options: ApplyOptions = {},
): Promise<object | null> {
  const { id } = await applyRules(db, { website, dry_run: true })
  const work = createJobWork({
    db,
    kinds: { [previewRulesKind]: createPreviewRules({ settleMs: 0, ...options }) },
    onError: raise,
  })
  while (await work());
  return (await showJob(db, { website, job: id })).result
}

/** Decides for everyone on the queue which conversions count, and empties it. */
export async function recountQueued(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    const persons = await tx.query<{ website_id: string; id: string; person_id: string }>(
      `select distinct c.website_id::text, c.id::text, c.canonical_id::text as person_id
       from credit_queue q
       join customers p on p.website_id = q.website_id and p.id = q.customer_id
       join customers c on c.website_id = p.website_id and c.canonical_id = p.canonical_id`,
    )
    await lockCustomers(
      tx,
      persons.map(({ website_id, id }) => ({ websiteId: website_id, id })),
    )
    const ids = new Map(
      persons.map(({ website_id: websiteId, person_id: personId }) => [
        `${websiteId} ${personId}`,
        { websiteId, personId },
      ]),
    )
    await recount(tx, [...ids.values()])
    await tx.query('delete from credit_queue')
  })
}

/** A step may not fail in these tests. */
export function raise(error: unknown): never {
  throw error
}
