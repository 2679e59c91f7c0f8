/** When a worker works, waits and stops, on a schedule that tests move. */
import { expect, it } from 'vitest'
import { startWorker, type WorkerOptions } from './worker.ts'

/** A worker whose work takes the next of `outcomes`: more, nothing, or a failure; and nothing when there are no others. */
function start(outcomes: (boolean | Error)[], options: Partial<WorkerOptions> = {}) {
  const pauses: number[] = []
  const errors: unknown[] = []
  let next: (() => void) | undefined
  let worked = 0
  const worker = startWorker({
    async work() {
      worked += 1
      const outcome = outcomes.shift() ?? false
      if (outcome instanceof Error) throw outcome
      return outcome
    },
    idleMs: 500,
    onError: (error) => errors.push(error),
    schedule(act, afterMs) {
      pauses.push(afterMs)
      next = act
      return () => {
        next = undefined
      }
    },
    ...options,
  })
  return {
    worker,
    pauses,
    errors,
    worked: () => worked,
    /** Lets the work in progress end. */
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    /** Ends the pause; returns whether there was one. */
    pass() {
      const act = next
      next = undefined
      act?.()
      return act !== undefined
    },
  }
}

const failure = new Error('The database is gone.')

it('it works until nothing is left, then looks again after the pause', async () => {
  const { settle, pass, worked, pauses } = start([true, true, false])
  await settle()
  expect([worked(), pauses]).toEqual([3, [500]])
  pass()
  await settle()
  expect([worked(), pauses]).toEqual([4, [500, 500]])
})

it('a wake-up ends the pause at once, and leaves no second timer', async () => {
  const { worker, settle, pass, worked, pauses } = start([])
  await settle()
  worker.wake()
  await settle()
  expect([worked(), pauses]).toEqual([2, [500, 500]])
  expect([pass(), pass()]).toEqual([true, false])
})

it('a wake-up during the last look for work makes it look once more', async () => {
  const { worker, settle, worked } = start([false, false])
  worker.wake()
  worker.wake()
  await settle()
  expect(worked()).toBe(2)
})

it('after failures the pause doubles to 30 s, and after success it is as before', async () => {
  const { settle, pass, errors, pauses } = start([...Array<Error>(8).fill(failure), true])
  for (let i = 0; i < 9; i++) {
    await settle()
    pass()
  }
  await settle()
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 500, 500])
  expect(errors).toEqual(Array(8).fill(failure))
})

it('a wake-up does not shorten the pause after a failure', async () => {
  const { worker, settle, worked } = start([failure])
  worker.wake()
  await settle()
  worker.wake()
  await settle()
  expect(worked()).toBe(1)
})

it('it goes on even if the report of a failure fails', async () => {
  const failures: unknown[] = []
  process.once('unhandledRejection', (error) => failures.push(error))
  const { settle, pass, worked } = start([failure], {
    onError() {
      throw new Error('The log is full.')
    },
  })
  await settle()
  pass()
  await settle()
  expect([worked(), failures]).toEqual([2, []])
})

it('stopping waits for the work in progress, and nothing starts afterwards', async () => {
  let end = (_: boolean) => {}
  let worked = 0
  const work = () => {
    worked += 1
    return new Promise<boolean>((resolve) => {
      end = resolve
    })
  }
  const { worker, settle, pauses } = start([], { work })
  let hasStopped = false
  const stopped = worker.stop().then(() => {
    hasStopped = true
  })
  await settle()
  expect(hasStopped).toBe(false)
  end(true)
  await stopped
  worker.wake()
  await settle()
  expect([worked, pauses]).toEqual([1, []])
})

it('stopping during the pause ends it', async () => {
  const { worker, settle, pass, worked } = start([])
  await settle()
  await worker.stop()
  expect([pass(), worked()]).toEqual([false, 1])
})
