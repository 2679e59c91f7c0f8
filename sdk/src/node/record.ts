/** Records calls: turns each into an event, passes it to the hook, and hands it to the queue. */
import { withoutSecrets } from '@headwater/attribution/url'
import { limits, type WireEvent } from '@headwater/contract'
import type { DropReason, ErrorCode } from '../core/codes.ts'
import type { Emitter } from '../core/emitter.ts'
import { createHook } from '../core/hook.ts'
import { isoTime, plainCopy, toJson } from '../core/json.ts'
import type { Losses } from '../core/losses.ts'
import type { Clock, Ids } from '../core/ports.ts'
import { readUserId } from '../core/visitor/identity.ts'
import type { Details } from './api.ts'
import type { Settings } from './options.ts'
import type { ServerQueue } from './queue.ts'
import { wireSession } from './session.ts'

/** What a call gave, as plain JSON: a Date is its ISO text by now, and a BigInt its digits. */
export type Given<Call> = {
  [Key in keyof Call]: Key extends 'occurredAt' ? string | number : Call[Key]
}

/** What a verb says about its event; undefined when it has refused the call. */
export type Say<Call> = (given: Given<Call>) => Partial<WireEvent> & Pick<WireEvent, 'type'>

export interface RecordParts extends Pick<Emitter, 'emit' | 'complain'>, Pick<Losses, 'lose'> {
  clock: Clock
  ids: Ids
  settings: Pick<Settings, 'beforeSend'>
}

export interface Recorder {
  /** `complete` adds what takes time: until then the event is not kept. */
  record<Call extends Details>(
    call: Call,
    say: Say<Call>,
    complete?: (event: WireEvent) => Promise<void>,
  ): void
  /** Whatever is recorded from now on is dropped and counted. */
  close(): void
}

/** A call that names no visitor, or one that identifies no one. */
class IllegalId extends Error {}

export function createRecorder(parts: RecordParts, queue: ServerQueue): Recorder {
  const { clock, ids, emit, complain, lose } = parts
  const hook = createHook(parts, (cause) => refuse('before_send_failed', cause))
  let stream: string | undefined // some runtimes have no random numbers before the first request
  let seq = 0
  let isOpen = true

  function refuse(code: DropReason & ErrorCode, found: unknown): void {
    lose(code)
    complain(code, found)
  }

  function draft<Call extends Details>(given: Given<Call>, say: Say<Call>): WireEvent {
    const { idempotencyKey, occurredAt, url } = given
    const at = occurredAt === undefined ? clock.now() : new Date(occurredAt).getTime()
    const visitor = visitorOf(given, at)
    stream ??= ids.uuid()
    return {
      idempotency_key: idempotencyKey === undefined ? ids.uuid() : `${idempotencyKey}`,
      occurred_at: isoTime(new Date(at)),
      stream,
      seq: ++seq,
      ...visitor,
      url: url && withoutSecrets(url),
      ...say(given),
    }
  }

  return {
    record(call, say, complete) {
      if (!isOpen) return lose('shut_down')
      const leftOut: string[] = []
      const copy = <T extends object>(value: T) =>
        plainCopy(value, (place) => leftOut.push(place), limits.propsBytes)
      try {
        const { props, ...rest } = call
        const given = { ...copy(rest), ...copy({ props }) } as Given<typeof call> // copied, as `Given` says
        const event = hook(draft(given, say), copy)
        if (leftOut[0]) refuse('invalid_value', leftOut[0])
        if (!event) return
        emit('recorded', { event })
        queue.take(() => toJson(event), complete?.(event))
      } catch (cause) {
        if (cause instanceof IllegalId) refuse('illegal_id', cause.message)
        else refuse('invalid_event', cause)
      }
    },
    close() {
      isOpen = false
    },
  }
}

function visitorOf(given: Given<Details>, at: number): Partial<WireEvent> {
  const { userId, anonymousId } = given
  const isNamed = (userId ?? undefined) !== undefined
  const id = isNamed ? readUserId(userId) : undefined
  if (isNamed && !id) throw new IllegalId(`userId ${JSON.stringify(userId)}`)
  if (!id && !anonymousId) throw new IllegalId('neither `userId` nor `anonymousId`')
  return { user_id: id, anonymous_id: anonymousId, session: wireSession(given, at) }
}
