import { expect, it } from 'vitest'
import { joinTasks, type QueuedTask } from './person-tasks.ts'
import type { Member } from './persons.ts'

const task = (id: string, customerId: string, fields: Partial<QueuedTask> = {}): QueuedTask => ({
  id,
  websiteId: '1',
  customerId,
  reason: 'late_touch',
  position: null,
  ...fields,
})
const member = (id: string, personId = id): Member => ({ websiteId: '1', id, personId })
const members = [member('1'), member('2', '1'), member('3')]

it('the tasks of all customers of a person are one piece of work, for the reason that explains most', () => {
  const [alice, bob] = joinTasks(
    [task('a', '1'), task('b', '3'), task('c', '2', { reason: 'merge' })],
    members,
  )
  expect(alice).toMatchObject({ personId: '1', reason: 'merge', tasks: [{ id: 'a' }, { id: 'c' }] })
  expect(bob).toMatchObject({ personId: '3', reason: 'late_touch', tasks: [{ id: 'b' }] })
})

it('a pass over a person’s conversions ends before a new task begins the next one', () => {
  const tasks = [task('a', '1', { position: 70 }), task('b', '2'), task('c', '1', { position: 70 })]
  expect(joinTasks(tasks, members)).toMatchObject([{ position: 70, tasks: [{ id: 'a' }, { id: 'c' }] }])
})

it('a person who is partly done comes after all others', () => {
  const persons = joinTasks([task('a', '1', { position: 70 }), task('b', '3')], members)
  expect(persons.map(({ personId }) => personId)).toEqual(['3', '1'])
})

it('an erased customer has tasks, and no conversions', () => {
  expect(joinTasks([task('a', '9')], members)).toMatchObject([{ personId: '9', tasks: [{ id: 'a' }] }])
})
