/** States what the page's hook may do with an event. */
import type { WireEvent } from '@headwater/contract'
import { needed } from '@headwater/testkit/fake-page'
import { describe, expect, test } from 'vitest'
import { createHook } from './hook.ts'
import { plainCopy } from './json.ts'
import { createHook as createNoHook } from './no-hook.ts'
import { type ClientOptions, readOptions } from './options.ts'

const event: WireEvent = {
  idempotency_key: 'k1',
  type: 'track',
  name: 'a',
  occurred_at: '2026-11-20T12:00:00.000Z',
  stream: 's1',
  seq: 7,
}

/** What the hook does to the event, and which notices it causes. */
function pass(beforeSend: ((event: WireEvent) => unknown) | undefined, given: WireEvent = { ...event }) {
  const dropped: string[] = []
  const failures: unknown[] = []
  const settings = readOptions({ ...needed, beforeSend: beforeSend as ClientOptions['beforeSend'] })
  const lose = (reason: string) => void dropped.push(reason)
  const hook = createHook({ settings, lose }, (cause) => failures.push(cause))
  return { answer: hook(given, plainCopy), dropped, failures }
}

test('the hook receives the event, and what it returns is stored', () => {
  const seen: WireEvent[] = []
  const { answer } = pass((given) => {
    seen.push(given)
    return { ...given, name: 'b', props: { plan: 'pro' } }
  })
  expect(seen).toEqual([event])
  expect(answer).toEqual({ ...event, name: 'b', props: { plan: 'pro' } })
})

test('the hook cannot change what identifies an event, nor when it happened', () => {
  const forged = { idempotency_key: 'x', stream: 'x', seq: 1, occurred_at: 'yesterday' }
  expect(pass((given) => ({ ...given, ...forged, name: 'b' })).answer).toEqual({ ...event, name: 'b' })
})

test('the hook may change the event object itself, except for these fields', () => {
  const { answer } = pass((given) => Object.assign(given, { seq: 1, title: 'T' }))
  expect(answer).toEqual({ ...event, title: 'T' })
})

test.each([null, undefined, false])('returning %s drops the event, which is counted', (nothing) => {
  expect(pass(() => nothing)).toEqual({ answer: undefined, dropped: ['before_send'], failures: [] })
})

describe('an event is lost, and the failure reported, when the hook', () => {
  test.each<[string, (given: WireEvent) => unknown]>([
    ['returns a promise', async (given) => given],
    ['returns true', () => true],
    ['returns a text', () => 'yes'],
    ['returns an event of another type', (given) => ({ ...given, type: 'page' })],
    [
      'throws',
      () => {
        throw new Error('a bug of the page')
      },
    ],
  ])('%s', (_, beforeSend) => {
    const { answer, dropped, failures } = pass(beforeSend)
    expect([answer, dropped]).toEqual([undefined, []])
    expect(failures).toEqual([expect.any(Error)])
  })
})

test('properties that the hook returns are copied: what it changes later has no effect', () => {
  const list = [1]
  const { answer } = pass((given) => ({ ...given, props: { list } }))
  list.push(2)
  expect(answer?.props).toEqual({ list: [1] })
})

test('what has no JSON in the returned properties is left out', () => {
  const { answer } = pass((given) => ({ ...given, props: { big: 1n, call: () => 1, kept: true } }))
  expect(answer?.props).toEqual({ big: '1', kept: true })
})

test('an event is unchanged without a hook, and in the script tag', () => {
  const given = { ...event }
  expect(pass(undefined, given).answer).toBe(given)
  const settings = readOptions({ ...needed, beforeSend: () => null })
  const hook = createNoHook({ settings, lose() {} }, () => {})
  expect(hook(given, plainCopy)).toBe(given)
})
