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

/** A person with the tasks that are done together. */
export interface PersonTasks {
  websiteId: string
  personId: string
  tasks: QueuedTask[]
  /** Of the credit that follows. */
  reason: CreditReason
  /** Up to this conversion the tasks are done; 0: none is. */
  position: number
}

/**
 * Partly credited persons come last, so that one with many conversions holds up no others. What was added since such a pass began
 * waits for the next one, so that a pass always ends.
 */
export function joinTasks(tasks: readonly QueuedTask[], members: readonly Member[]): PersonTasks[] {
  const personOf = new Map(members.map(({ id, personId }) => [id, personId]))
  const byPerson = groupBy(tasks, ({ customerId }) => personOf.get(customerId) ?? customerId) // an erased customer has no person
  return [...byPerson].map(joined).toSorted((a, b) => Number(a.position > 0) - Number(b.position > 0))
}

function joined([personId, all]: [string, QueuedTask[]]): PersonTasks {
  const position = Math.max(...all.map((task) => task.position ?? 0))
  const tasks = all.filter((task) => (task.position ?? 0) === position)
  const [{ websiteId }] = tasks as [QueuedTask] // the one that has come furthest is among them
  const reason = leadingReason(tasks.map((task) => task.reason))
  return { websiteId, personId, tasks, reason, position }
}
