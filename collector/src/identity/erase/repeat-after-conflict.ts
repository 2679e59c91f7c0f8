/** Repeats a transaction that lost against another one. */
import { sqlstateOf } from '@headwater/db/db'

/** A transaction found that what it had read before its locks has changed. */
export class ChangedMeanwhileError extends Error {
  override name = 'ChangedMeanwhileError'
}

/** Conflicts are rare, and each attempt ends one: more in a row mean another problem. */
const attempts = 5

/** Runs the work again after a deadlock, a failed serialization or a ChangedMeanwhileError, five times at most. */
export async function repeatAfterConflict<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isConflict(error) || attempt === attempts) throw error
    }
  }
}

const isConflict = (error: unknown): boolean =>
  error instanceof ChangedMeanwhileError || ['40001', '40P01'].includes(sqlstateOf(error) ?? '')
