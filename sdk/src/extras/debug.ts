/** Logs what happens to each event, from the call to the collector's verdict, for developers who integrate the SDK. */
import type { Client } from '../core/api.ts'
import type { Notices } from '../core/notices.ts'
import { guarded } from './guarded.ts'

/** One step of an event. */
interface Step {
  step: 'recorded' | 'sent' | 'answered'
  /** Of all events that were sent together. */
  count: number
  detail: Detail
}

interface StepEvent {
  idempotency_key: string
  type: string
  name?: string
}

interface Detail {
  bytes?: number
  status?: number
  body?: unknown
  reason?: string
  code?: string
  message?: string
}

interface Answered {
  results?: { idempotency_key?: string; status: string; code?: string; path?: string; message?: string }[]
  detail?: string
}

interface Verdict {
  text: string
  /** Someone has to fix it. */
  isBad: boolean
}

/** Limits the memory of a page that is open for days. */
const storiesKept = 500

/**
 * Logs what happens to each event to the console, one line per change, and returns an undo function. Filter the console by
 * `headwater`; a problem that someone has to fix is a warning that says what to do. Records and sends nothing itself.
 *
 *     headwater  +0 ms  purchase …a1f3  recorded
 *     headwater  +48 ms  purchase …a1f3  recorded → sent (3 events, 2.1 kB) → accepted
 *
 * The time counts from the call; `…` in place of the first step means that it was on an earlier page, or before `debug` was
 * called. Errors and losses that belong to no single event have lines of their own, and so have traits that `identify` leaves
 * out. With `tag`, errors are not logged: the script tag does that itself.
 *
 *     import { debug } from '@headwater/sdk/debug'
 *     const undo = debug(hw)
 */
export function debug(
  client: Pick<Client, 'on'> & Partial<Pick<Client, 'identify'>>,
  tag?: object,
): () => void {
  const stories = createStories()

  const undos = [
    client.on(
      'recorded',
      guarded(({ event }: Notices['recorded']) =>
        stories.log(event, { step: 'recorded', count: 1, detail: {} }),
      ),
    ),
    client.on(
      'answered',
      guarded(({ events, bytes, answer }: Notices['answered']) => {
        const count = events.length
        for (const { json } of events) {
          const event: StepEvent = JSON.parse(json)
          stories.note(event, { step: 'sent', count, detail: { bytes } })
          stories.log(event, { step: 'answered', count, detail: answer })
        }
      }),
    ),
    client.on('dropped', (notice) => {
      if (notice.reason === 'rejected' || notice.reason === 'refused') return // already logged with the answer, event by event
      console.warn(`headwater  lost ${notice.count}: ${whyDropped(notice)}`)
    }),
    client.on('error', ({ code, message, cause }) => {
      if (!tag) console.warn(`headwater  ${code}: ${message}`, ...(cause === undefined ? [] : [cause]))
    }),
    watchTraits(client),
  ]
  return () => {
    for (const undo of undos) undo()
  }
}

/** Watches calls, because a trait that is left out causes no notice. */
function watchTraits(client: Partial<Pick<Client, 'identify'>>): () => void {
  const { identify } = client
  if (!identify) return () => {}
  const warn = guarded((traits: unknown) => {
    const left = Object.keys(Object(traits)).filter((name) => name !== 'email')
    if (left.length > 0)
      console.warn(
        `headwater  identify left out ${left.join(', ')}. It takes the id and \`email\`; send other facts as properties of an event.`,
      )
  })
  const watched: Client['identify'] = (...args) => {
    warn(args[1])
    identify(...args)
  }
  client.identify = watched
  return () => {
    if (client.identify === watched) client.identify = identify
  }
}

export default debug

function createStories() {
  const stories = new Map<string, { startedAt: number; steps: string[] }>()

  function storyOf({ idempotency_key: key }: StepEvent, isTaken: boolean) {
    const story = stories.get(key) ?? { startedAt: performance.now(), steps: isTaken ? [] : ['…'] }
    stories.set(key, story)
    if (stories.size > storiesKept) stories.delete(stories.keys().next().value ?? key) // the oldest
    return story
  }

  /** Adds a step; returns whether someone has to fix it. */
  function note(event: StepEvent, step: Step): boolean {
    const { text, isBad } = read(event, step)
    storyOf(event, step.step === 'recorded').steps.push(text)
    return isBad
  }

  return {
    note,
    log(event: StepEvent, step: Step): void {
      const isBad = note(event, step)
      const { startedAt, steps } = storyOf(event, false)
      const ms = Math.round(performance.now() - startedAt)
      const name = `${event.name ?? event.type} …${event.idempotency_key.slice(-4)}`
      const line = `headwater  +${ms} ms  ${name}  ${steps.join(' → ')}`
      if (isBad) console.warn(line)
      else if (step.step === 'recorded')
        console.info(line, event) // the console lets the reader open it
      else console.info(line)
    },
  }
}

function read(event: StepEvent, { step, count, detail }: Step): Verdict {
  if (step === 'answered') return verdictOn(event, detail)
  if (step === 'recorded') return { text: step, isBad: false }
  const load = [`${count} event${count === 1 ? '' : 's'}`, sizeOf(detail.bytes)].filter(Boolean)
  return { text: `sent (${load.join(', ')})`, isBad: false }
}

function sizeOf(bytes: number | undefined): string {
  if (bytes === undefined) return ''
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`
}

function verdictOn(event: StepEvent, detail: Detail): Verdict {
  const { status = 200, body = detail } = detail
  const answered = (body ?? {}) as Answered // another server's answer has none of these fields
  if (status !== 200) {
    const found = status === 0 ? 'no answer' : `${status}`
    return { text: `${sentence(found, answered.detail)} ${remedyFor(status)}`, isBad: true }
  }
  if (!answered.results) return { text: `200, but no receipt. ${noReceipt}`, isBad: true }
  const result = answered.results?.find((one) => one.idempotency_key === event.idempotency_key)
  if (result?.status === 'duplicate') return { text: 'duplicate: it was stored before', isBad: false }
  if (result?.status !== 'rejected') return { text: 'accepted', isBad: false }
  const where = result.path ? ` at ${result.path}` : ''
  return { text: sentence(`rejected: ${result.code}${where}`, result.message), isBad: true }
}

function whyDropped({ reason = 'no reason was given', code, message }: Detail): string {
  const why = code ? `${reason}, ${code}` : reason
  return [sentence(why, message), remedies[reason]].filter(Boolean).join(' ')
}

function sentence(start: string, message: string | undefined): string {
  return message ? `${start}. ${message}` : `${start}.`
}

const remedies: Record<string, string> = {
  queue_full: 'Nothing could be delivered, or consent was pending, for too long: see the errors above.',
  illegal_id: 'Call identify only with the id of a person who is signed in.',
  invalid_event: 'Pass properties that JSON can represent.',
  email_not_hashed: 'Serve the page over https.',
  consent_denied: 'The visitor refused, or the browser did for them: Global Privacy Control or Do Not Track.',
  shut_down: 'The client was shut down: create a new one, or shut it down later.',
}

const noReceipt =
  'Kept, and sent again: is `endpoint` the address of your collector, without another server in between?'

const statusRemedies: Record<number, string> = {
  0: 'Kept, and sent again. If this continues, check the network, content blockers, and connect-src in your Content-Security-Policy.',
  401: 'Kept until a valid token is set: `headwater token list` shows the valid ones.',
  403: 'Kept, and sent again in minutes: check the origins and scopes of the token.',
  404: 'Kept, and sent again in minutes: is `endpoint` the address of your collector?',
  413: 'The batch is split in half and sent again.',
  415: 'Something in between changes requests: check your proxy.',
  429: 'Kept, and sent again when the collector allows.',
}

function remedyFor(status: number): string {
  return (
    statusRemedies[status] ??
    (status < 500 ? 'The collector did not understand it.' : 'Kept, and sent again.')
  )
}
