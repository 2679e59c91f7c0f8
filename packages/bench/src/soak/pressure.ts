/** The client of the soak: sends at a fixed rate, whatever the answers are, and checks that acknowledged events are stored. */
import { Agent } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Receipt } from '@headwater/contract'
import postgres from 'postgres'
import { authorize, type NextBatch } from '../load.ts'
import { type Posted, post } from '../post.ts'
import type { VisitedWebsite } from '../visits.ts'

export interface Pressure {
  url: string
  headers: Record<string, string>
  eventsPerRequest: number
  eventsPerSecond: number
  /** Requests that wait for an answer at a time; further ones are skipped and counted. */
  maxInFlight: number
  durationMs: number
  /** Answers are counted by steps of this length. */
  stepMs: number
  /** Where acknowledged events must be. */
  databaseUrl: string
  /** Whose events they are. */
  websites: VisitedWebsite[]
}

/** What happened in a step. */
export interface Step {
  /** Answers by status; 0: no answer came. */
  answers: Record<number, number>
  acknowledged: number
  /** Requests that were due and not sent, because too many waited for an answer. */
  leftOut: number
}

export interface Pressed {
  steps: Step[]
  acknowledged: number
  /** Acknowledged events that the database does not have. */
  lost: number
  /** Answers 429 and 503 that do not say when to come back. */
  withoutRetryAfter: number
}

/** How often what is due is sent. */
const tickMs = 10

export async function applyPressure(pressure: Pressure, next: NextBatch): Promise<Pressed> {
  const tally = createTally(pressure)
  await sendAtRate(pressure, next, tally)
  const lost = await countMissing(pressure, tally.acknowledgedKeys)
  return { ...tally.result(), lost }
}

/** Resolves when everything sent has been answered. Rejects when a batch was accepted in part. */
async function sendAtRate(pressure: Pressure, next: NextBatch, tally: Tally): Promise<void> {
  const { url, eventsPerRequest, eventsPerSecond, maxInFlight, durationMs } = pressure
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight })
  const inFlight = new Set<Promise<void>>()
  const send = async () => {
    const { events, token } = next(eventsPerRequest)
    const headers = { ...pressure.headers, ...authorize(token) }
    const body = { v: 1, sent_at: new Date().toISOString(), events }
    const posted = await post(agent, { url, headers, bytes: Buffer.from(JSON.stringify(body)) }).catch(
      () => noAnswer,
    )
    tally.count(
      posted,
      events.map(({ idempotency_key }) => idempotency_key),
    )
  }

  let failure: unknown
  const keepFailure = (error: unknown) => {
    failure ??= error
  }
  const startedAt = performance.now()
  let due = 0
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = performance.now() - startedAt) {
    const dueByNow = Math.floor((elapsedMs / 1_000) * (eventsPerSecond / eventsPerRequest))
    for (; due < dueByNow; due++) {
      if (inFlight.size >= maxInFlight) {
        tally.leaveOut()
        continue
      }
      const sending: Promise<void> = send()
        .catch(keepFailure)
        .finally(() => inFlight.delete(sending))
      inFlight.add(sending)
    }
    await setTimeout(tickMs)
  }
  await Promise.all(inFlight)
  agent.destroy()
  if (failure) throw failure
}

const noAnswer: Posted = { status: 0, text: '', retryAfter: undefined }

type Tally = ReturnType<typeof createTally>

function createTally({ durationMs, stepMs }: Pressure) {
  const startedAt = performance.now()
  const steps = Array.from(
    { length: Math.ceil(durationMs / stepMs) },
    (): Step => ({ answers: {}, acknowledged: 0, leftOut: 0 }),
  )
  const acknowledgedKeys: string[] = []
  let withoutRetryAfter = 0
  const currentStep = () => {
    const number = Math.floor((performance.now() - startedAt) / stepMs)
    return steps[Math.min(number, steps.length - 1)] as Step // the last answers come after the last step
  }
  return {
    acknowledgedKeys,
    leaveOut() {
      currentStep().leftOut += 1
    },
    count({ status, text, retryAfter }: Posted, keys: string[]) {
      const step = currentStep()
      step.answers[status] = (step.answers[status] ?? 0) + 1
      if ((status === 429 || status === 503) && !(Number(retryAfter) > 0)) withoutRetryAfter += 1
      if (status !== 200) return
      const { accepted } = JSON.parse(text) as Receipt
      if (accepted !== keys.length)
        throw new Error(`Events of the soak were not accepted: ${text.slice(0, 500)}`)
      step.acknowledged += keys.length
      acknowledgedKeys.push(...keys)
    },
    result: () => ({ steps, acknowledged: acknowledgedKeys.length, withoutRetryAfter }),
  }
}

const keysAtOnce = 10_000

async function countMissing({ databaseUrl, websites }: Pressure, keys: string[]): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1 })
  const websiteIds = websites.map(({ id }) => id)
  let missing = 0
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const some = keys.slice(from, from + keysAtOnce)
    const [row] = await sql<{ found: number }[]>`
      select count(*)::float8 as found
      from event_dedup_keys
      where website_id = any(${websiteIds}::bigint[])
        and idempotency_key = any(${some}::uuid[])`
    missing += some.length - (row?.found ?? 0)
  }
  await sql.end()
  return missing
}
