/** Joins the tasks of each person, and says in which order the persons are credited again. */
import type { CreditReason, CreditTask } from '../enqueue.ts'
import { groupBy } from '../group-by.ts'
import type { Member } from './persons.ts'
import { leadingReason } from './reasons.ts'

/** A row of the queue. */
export interface QueuedTask extends CreditTask {
  id: string
  /** The id of the last conversion that is done; null: none. */
  position: number | null
}

/** A person with everything that asks for new credit. */
export interface PersonTasks {
  websiteId: string
  personId: string
  tasks: QueuedTask[]
  /** Of the credit that follows. */
  reason: CreditReason
  /** Up to this conversion all tasks are done; 0: none is. */
  position: number
}

/** Whose tasks are partly done comes last, so that one person with many conversions does not hold up the others. */
export function joinTasks(tasks: readonly QueuedTask[], members: readonly Member[]): PersonTasks[] {
  const personOf = new Map(members.map(({ id, personId }) => [id, personId]))
  const byPerson = groupBy(tasks, ({ customerId }) => personOf.get(customerId) ?? customerId) // an erased customer has no person
  return [...byPerson].map(joined).toSorted((a, b) => Number(a.position > 0) - Number(b.position > 0))
}

function joined([personId, tasks]: [string, QueuedTask[]]): PersonTasks {
  const [{ websiteId }] = tasks as [QueuedTask] // a group has one at least
  const reason = leadingReason(tasks.map((task) => task.reason))
  return {
    websiteId,
    personId,
    tasks,
    reason,
    position: Math.min(...tasks.map(({ position }) => position ?? 0)),
  }
}
