/** The parts of a run that each get a process, so that none shares its event loop with another. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runBareCopy } from './collector/bare-copy.ts'
import { startBareServer } from './collector/bare-server.ts'
import { type Load, type NextBatch, runLoad } from './load.ts'
import type { Measured, Span } from './meter.ts'
import { createTraffic } from './rows.ts'
import { applyPressure, type Pressed, type Pressure } from './soak/pressure.ts'
import { createVisits, type Visits } from './visits.ts'

interface Roles {
  /** See `createTraffic` for `inARow`. */
  load: { job: Load & { inARow: number }; result: Measured }
  'load-websites': { job: Load & Visits; result: Measured }
  pressure: { job: Pressure & Visits; result: Pressed }
  'bare-copy': { job: Span & { databaseUrl: string }; result: Measured }
  'bare-server': { job: { databaseUrl: string }; result: string }
}

export type RoleName = keyof Roles

type Play<Name extends RoleName> = (
  job: Roles[Name]['job'],
  onMeasuring: () => void,
) => Promise<Roles[Name]['result']>

const plays: { [Name in RoleName]: Play<Name> } = {
  load: ({ inARow, ...load }, onMeasuring) => runLoad(load, shopBatches(inARow), onMeasuring),
  'load-websites': (job, onMeasuring) => runLoad(job, createVisits(job), onMeasuring),
  pressure: (job) => applyPressure(job, createVisits(job)),
  'bare-copy': ({ databaseUrl, ...span }, onMeasuring) =>
    runBareCopy(databaseUrl, span, createTraffic(), onMeasuring),
  'bare-server': ({ databaseUrl }) => startBareServer(databaseUrl),
}

function shopBatches(inARow: number): NextBatch {
  const traffic = createTraffic({ inARow })
  return (size) => ({ events: Array.from({ length: size }, traffic.next) })
}

/** The build is one file: it starts itself as each of its roles. */
const program = fileURLToPath(import.meta.url)

export const isRole = (name: string | undefined): name is RoleName =>
  name !== undefined && Object.hasOwn(plays, name)

type Answer<Result> = { measuring: true } | { result: Result } | { error: string }

/** In the child: does the jobs that the parent sends, and ends when the parent does. */
export function playRole<Name extends RoleName>(name: Name): void {
  const reply = (answer: Answer<Roles[Name]['result']>) => process.send?.(answer)
  process.on('message', (job: Roles[Name]['job']) => {
    plays[name](job, () => reply({ measuring: true })).then(
      (result) => reply({ result }),
      (error: Error) => reply({ error: error.stack ?? error.message }),
    )
  })
  process.once('disconnect', () => process.exit())
}

export interface Role<Name extends RoleName> {
  pid: number
  /** One job at a time. */
  ask(job: Roles[Name]['job'], onMeasuring?: () => void): Promise<Roles[Name]['result']>
  stop(): Promise<void>
}

/** In the parent: starts the process of a role. */
export function startRole<Name extends RoleName>(name: Name): Role<Name> {
  const child = fork(program, [name])
  const ended = once(child, 'exit')
  return {
    pid: child.pid!, // the program that runs now can be started again
    ask(job, onMeasuring = () => {}) {
      child.removeAllListeners('message')
      return new Promise((resolve, reject) => {
        child.on('message', (answer: Answer<Roles[Name]['result']>) => {
          if ('result' in answer) resolve(answer.result)
          else if ('error' in answer) reject(new Error(answer.error))
          else onMeasuring()
        })
        ended.then(([code]) => reject(new Error(`The process of ${name} ended with code ${code}.`)), reject)
        child.send(job)
      })
    },
    async stop() {
      if (child.connected) child.disconnect() // it ends itself then
      await ended
    },
  }
}
