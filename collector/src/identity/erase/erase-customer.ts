/** Erases a person: removes every row of theirs, and refuses their late events. */
import type { Db } from '@headwater/db/db'
import { NotFoundError } from '../../operation-error.ts'
import { beginErasure, type EraseRequest } from './begin-erasure.ts'
import { eraseStep } from './erase-step.ts'
import { type Erasure, type ErasureInProgress, findErasure } from './erasure.ts'
import { repeatAfterConflict } from './repeat-after-conflict.ts'

/** Callers wait this long; a person with more rows takes several calls, or the background job finishes. */
const patienceMs = 5_000

/** How much work an erasure does at once. */
export interface EraseLimits {
  /** How long to go on, in ms. Default 5,000. */
  patienceMs?: number
  /** Rows that a step removes. Default 2,000. */
  rowsPerStep?: number
}

/**
 * Erases the person that a customer is part of and returns the receipt. `finished_at` is null in it when there were too many
 * rows for one call: call again. A person who is erased already is answered with the same receipt. Throws a NotFoundError
 * when there never was such a customer.
 */
export async function eraseCustomer(
  db: Db,
  request: EraseRequest,
  limits: EraseLimits = {},
): Promise<Erasure> {
  const erasure = (await find(db, request)) ?? (await begin(db, request))
  return continueErasure(db, erasure, limits)
}

const find = (db: Db, { websiteId, customerId }: EraseRequest) => findErasure(db, websiteId, { customerId })

async function begin(db: Db, request: EraseRequest): Promise<ErasureInProgress> {
  try {
    return await beginErasure(db, request)
  } catch (error) {
    // Somebody else began while this waited for the locks of the person.
    const begun = error instanceof NotFoundError ? await find(db, request) : undefined
    if (!begun) throw error
    return begun
  }
}

async function continueErasure(
  db: Db,
  erasure: ErasureInProgress,
  { patienceMs: patience = patienceMs, rowsPerStep }: EraseLimits,
): Promise<Erasure> {
  const until = performance.now() + patience
  let current: ErasureInProgress | undefined = erasure
  while (current?.pending && performance.now() < until)
    current = await repeatAfterConflict(() =>
      db.transaction((tx) => eraseStep(tx, erasure.website_id, erasure.id, rowsPerStep)),
    )
  const { pending: _, ...receipt } = current ?? erasure
  return receipt
}
