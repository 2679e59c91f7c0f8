/** Evidence that two customers may be one person, which the rules do not act on: an operator merges them or dismisses it. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { NotFoundError, OperationError } from '../../operation-error.ts'
import { loadWebsiteSettings } from '../../websites/load-settings.ts'
import type { PersonConflict } from './person-record.ts'
import { fromCursor, toCursor } from './place.ts'
import dismissConflictSql from './sql/dismiss_conflict.sql?raw'
import selectConflicts from './sql/select_conflicts.sql?raw'

export interface ListedConflict extends PersonConflict {
  /** The persons that the customers are part of. */
  person_id: string
  other_person_id: string | null
}

export interface ConflictPage {
  conflicts: ListedConflict[]
  /** Of the next page; null: there is none. */
  cursor: string | null
  /** The website's, in which its days begin. */
  time_zone: string
}

export interface ConflictQuery {
  websiteId: string
  status: string
  cursor?: string
  limit: number
}

/** Oldest first. Throws an OperationError when the cursor is none of this list. */
export async function listConflicts(
  queries: Queries,
  { websiteId, status, cursor, limit }: ConflictQuery,
): Promise<ConflictPage> {
  const after = cursor === undefined ? '0' : fromCursor(cursor, isId)
  const params = { website_id: websiteId, status, after, limit: limit + 1 } // one more, to know whether there are more
  const rows = await run<ListedConflict, keyof typeof params>(queries, conflictSelect, params)
  const conflicts = rows.slice(0, limit)
  const { timeZone } = await loadWebsiteSettings(queries, websiteId)
  return {
    conflicts,
    cursor: rows.length > limit ? toCursor(conflicts.at(-1)?.id) : null,
    time_zone: timeZone,
  }
}

/** Throws a NotFoundError when there is no such conflict, and an OperationError when it was merged. */
export async function dismissConflict(
  queries: Queries,
  websiteId: string,
  id: string,
): Promise<{ id: string; status: 'dismissed' }> {
  const params = { website_id: websiteId, id }
  const [old] = await run<{ status: string }, keyof typeof params>(queries, conflictDismissal, params)
  if (!old)
    throw new NotFoundError(
      `Website ${websiteId} has no identity conflict ${id}. See \`headwater customer conflicts --website ${websiteId}\`.`,
    )
  if (old.status === 'merged')
    throw new OperationError(`Conflict ${id} is settled: its customers were merged. Undo the merge instead.`)
  return { id, status: 'dismissed' }
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^\d{1,18}$/.test(value)

const conflictSelect = statement(selectConflicts, 'website_id', 'status', 'after', 'limit')
const conflictDismissal = statement(dismissConflictSql, 'website_id', 'id')
