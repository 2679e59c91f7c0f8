/** States what an event is known by at the moment of the call. */
import { createFakePorts } from '@headwater/testkit/fake-ports'
import { expect, test } from 'vitest'
import { createDrafter } from './event.ts'

test('a draft has its key, its time, its place and its number in the stream', async () => {
  const ports = createFakePorts()
  ports.lifecycle.here = { url: 'https://shop.example/a', title: 'A', referrer: 'https://news.example/' }
  const draft = createDrafter(ports)
  const first = draft({ type: 'track', name: 'one' })
  await ports.clock.advance(1_500)
  const second = draft({ type: 'track', name: 'two' })

  expect(first.event).toEqual({
    idempotency_key: expect.any(String),
    type: 'track',
    name: 'one',
    occurred_at: '2026-11-20T12:00:00.000Z',
    stream: expect.any(String),
    seq: 1,
    url: 'https://shop.example/a',
    title: 'A',
  })
  expect(first.referrer).toBe('https://news.example/')
  expect(second.event).toMatchObject({
    occurred_at: '2026-11-20T12:00:01.500Z',
    seq: 2,
    stream: first.event.stream,
  })
  expect(second.event.idempotency_key > first.event.idempotency_key).toBe(true)
})

test('each client instance has a stream of its own', () => {
  const ports = createFakePorts()
  const streams = [createDrafter(ports), createDrafter(ports)].map(
    (draft) => draft({ type: 'page' }).event.stream,
  )
  expect(streams[0]).not.toBe(streams[1])
})

test('properties are copied as JSON sees them', () => {
  const props = { list: [1], at: new Date(0), none: undefined, call: () => 1, nan: Number.NaN }
  const { event } = createDrafter(createFakePorts())({ type: 'track', name: 'a', props })
  props.list.push(2)
  expect(event.props).toEqual({ list: [1], at: '1970-01-01T00:00:00.000Z', nan: null })
})

test('what cannot be JSON throws, and takes no number of the stream', () => {
  const draft = createDrafter(createFakePorts())
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  expect(() => draft({ type: 'track', name: 'a', props: cycle })).toThrow()
  expect(() => draft({ type: 'track', name: 'a', props: { big: 1n } })).toThrow()
  expect(draft({ type: 'page' }).event.seq).toBe(1)
})
