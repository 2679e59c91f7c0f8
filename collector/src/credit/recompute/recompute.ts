/**
 * Credits conversions of persons again, and writes a new version where that gives another result. The result depends only on the
 * touches, conversions and settings that are stored, not on the order in which they arrived.
 */
import type { Transaction } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import { recount } from '../counting/recount.ts'
import { creditPersons } from './credit-persons.ts'
import { loadConversions, loadPersonPaths, loadStoredCredits } from './person-conversions.ts'
import { joinTasks, type PersonTasks, type QueuedTask } from './person-tasks.ts'
import { lockMembers } from './persons.ts'
import { changeOf, saveChanges } from './save-changes.ts'
import { type Slice, takeSlice } from './slice.ts'
import deleteTasks from './sql/delete_tasks.sql?raw'
import moveTasks from './sql/move_tasks.sql?raw'

/**
 * Does the tasks, which must be claimed, as far as one transaction can, with at most `limit` conversions, and commits. The tasks
 * that are done leave the queue; one that is partly done stays there with its position.
 */
export async function recompute(tx: Transaction, tasks: readonly QueuedTask[], limit: number): Promise<void> {
  const customers = tasks.map(({ websiteId, customerId: id }) => ({ websiteId, id }))
  const members = await lockMembers(tx, customers)
  const persons = joinTasks(tasks, members)
  // Not again in the middle: credit that is written would not follow.
  await recount(
    tx,
    persons.filter(({ position }) => position === 0),
  )
  const conversions = await loadConversions(tx, { persons, members, limit: limit + 1 })
  const pathOf = await loadPersonPaths(tx, conversions)
  const slice = takeSlice(conversions, pathOf, limit)
  const credited = [...creditPersons(slice.conversions, pathOf)].filter(([one]) => slice.isDue(one))
  const stored = await loadStoredCredits(
    tx,
    credited.map(([one]) => one),
  )
  const reasons = new Map(persons.map(({ personId, reason }) => [personId, reason]))
  const changes = credited.flatMap(([conversion, credit]) => {
    const reason = reasons.get(credit.personId)! // only persons with a task are loaded
    return changeOf({ conversion, stored: stored.get(conversion.id)!, credited: credit, reason }) ?? []
  })
  await Promise.all([saveChanges(tx, changes), saveProgress(tx, persons, slice), tx.commit()])
}

/** Persons are ranked by their place in the list. Sends all statements in one round trip. */
async function saveProgress(tx: Transaction, persons: readonly PersonTasks[], slice: Slice): Promise<void> {
  const { last, next } = slice
  const done = persons.slice(0, next?.rank ?? persons.length).flatMap(({ tasks }) => tasks)
  const current = persons.filter((_, rank) => last && rank === next?.rank).flatMap(({ tasks }) => tasks)
  const moved = current.map((task) => ({ ...task, position: last?.id ?? null }))
  await Promise.all([runRows(tx, taskDelete, done), runRows(tx, taskMove, moved)])
}

const keyColumns = {
  website_id: ({ websiteId }: QueuedTask) => websiteId,
  id: ({ id }: QueuedTask) => id,
}
const taskDelete = rowStatement<QueuedTask>(deleteTasks, keyColumns)
const taskMove = rowStatement<QueuedTask>(moveTasks, { ...keyColumns, position: ({ position }) => position })
