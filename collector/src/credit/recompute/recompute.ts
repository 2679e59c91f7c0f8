/**
 * Credits all conversions of persons again, and writes a new version where that gives another result. The result depends only on
 * the touches, conversions and settings that are stored, not on the order in which they arrived.
 */
import type { Transaction } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import { recount } from '../counting/recount.ts'
import type { CreditReason, CreditTask } from '../enqueue.ts'
import { groupBy } from '../group-by.ts'
import { loadPaths } from '../paths.ts'
import { creditPersons } from './credit-persons.ts'
import { loadConversions } from './person-conversions.ts'
import { lockMembers, type Member } from './persons.ts'
import { leadingReason } from './reasons.ts'
import { type Change, changeOf, saveChanges } from './save-changes.ts'
import deleteTasks from './sql/delete_tasks.sql?raw'

/** A row of the queue. */
export interface QueuedTask extends CreditTask {
  id: string
}

/** Rows written in one transaction, a conversion having one for each model and touch: about a third of a second of work. */
const rowsAtOnce = 3_000

/** Does the tasks, which must be claimed, removes them from the queue and commits. When too much has changed, they stay for the rest. */
export async function recompute(tx: Transaction, tasks: readonly QueuedTask[]): Promise<void> {
  const customers = tasks.map(({ websiteId, customerId: id }) => ({ websiteId, id }))
  const members = await lockMembers(tx, customers)
  await recount(tx, personsOf(members))
  const conversions = await loadConversions(tx, members)
  const pathOf = await loadPaths(
    tx,
    conversions.filter(({ personId }) => personId),
  )
  const reasonOf = reasonsOf(tasks, members)
  const changes = [...creditPersons(conversions, pathOf)].flatMap(
    ([one, credited]) => changeOf(one, credited, reasonOf(credited.personId)) ?? [],
  )
  const saved = changes.slice(0, countWithin(rowsAtOnce, changes))
  await Promise.all([
    saveChanges(tx, saved),
    runRows(tx, taskDelete, saved.length === changes.length ? tasks : []),
    tx.commit(),
  ])
}

/** How many of the changes have no more rows than that; at least one, so that each transaction comes further. */
function countWithin(rows: number, changes: readonly Change[]): number {
  let left = rows
  let count = 0
  for (const { credited } of changes) {
    left -= credited.credit.credits.length + 1
    if (left < 0) break
    count += 1
  }
  return Math.max(count, Math.min(1, changes.length))
}

/** Each person once. */
const personsOf = (members: readonly Member[]): Member[] => [
  ...new Map(members.map((member) => [`${member.websiteId} ${member.personId}`, member])).values(),
]

/** By person. */
function reasonsOf(
  tasks: readonly QueuedTask[],
  members: readonly Member[],
): (personId: string) => CreditReason {
  const persons = new Map(members.map(({ id, personId }) => [id, personId]))
  const ofPerson = groupBy(tasks, ({ customerId }) => persons.get(customerId))
  const leading = new Map(
    [...ofPerson].map(([personId, own]) => [personId, leadingReason(own.map(({ reason }) => reason))]),
  )
  return (personId) => leading.get(personId) as CreditReason // only persons with a task are loaded
}

const taskDelete = rowStatement<QueuedTask>(deleteTasks, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
})
