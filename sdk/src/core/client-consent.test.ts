/** States what each consent state allows on the device and on the network, and what listeners are notified of. */
import {
  createSlowStorage,
  deadEnd,
  type FakePage,
  gate,
  openPage,
  visitorIn,
  waiting,
} from '@headwater/testkit/fake-page'
import { createFakeIds, createFakeStorage, problem, receipt, settled } from '@headwater/testkit/fake-ports'
import { describe, expect, test, vi } from 'vitest'
import type { Answer } from './ports.ts'

/** What is on the device, by kind. */
async function onDevice({ storage, syncStorage }: FakePage): Promise<string[]> {
  const events = await storage.count()
  const visitor = await visitorIn({ storage })
  return [
    ...(events > 0 ? [`${events} events`] : []),
    ...(visitor ? ['visitor'] : []),
    ...syncStorage.names(),
  ]
}
const names = (page: FakePage) => page.events().map(({ name }) => name)
const denials = ({ notices }: FakePage) =>
  notices.dropped
    .filter(({ reason }) => reason === 'consent_denied')
    .reduce((sum, { count }) => sum + count, 0)

describe('a change of consent, with an event before and one after it', () => {
  interface Outcome {
    sent: string[]
    device: string[]
    denied: number
  }

  test.each<[before: 'granted' | 'denied' | 'pending', after: 'granted' | 'denied' | 'pending', Outcome]>([
    ['granted', 'granted', { sent: ['a', 'b'], device: ['visitor', 'id'], denied: 0 }],
    ['granted', 'pending', { sent: ['a'], device: ['visitor', 'id'], denied: 0 }],
    ['granted', 'denied', { sent: ['a'], device: [], denied: 1 }],
    ['pending', 'granted', { sent: ['a', 'b'], device: ['visitor', 'id'], denied: 0 }],
    ['pending', 'pending', { sent: [], device: [], denied: 0 }],
    ['pending', 'denied', { sent: [], device: [], denied: 2 }],
    ['denied', 'granted', { sent: ['b'], device: ['visitor', 'id'], denied: 1 }],
    ['denied', 'pending', { sent: [], device: [], denied: 1 }],
    ['denied', 'denied', { sent: [], device: [], denied: 2 }],
  ])('%s, then %s', async (before, after, { sent, device, denied }) => {
    const page = openPage({ consent: before })
    page.client.track('a')
    await page.client.flush()
    page.client.consent(after)
    page.client.track('b')
    await page.client.flush()
    await page.clock.advance(60_000)
    expect(names(page)).toEqual(sent)
    expect(await onDevice(page)).toEqual(device)
    expect(denials(page)).toBe(denied)
    expect(page.transport.requests.every(({ batch }) => !batch.dropped)).toBe(true)
  })

  test.each<[unknown, string]>([
    ['yes', "'yes'"],
    [['denied'], 'denied'],
    [true, 'true'],
    [undefined, 'undefined'],
  ])('the unknown state %j is reported, and changes nothing', async (state, found) => {
    const page = openPage()
    page.client.consent(state as 'granted')
    page.client.track('a')
    await page.client.flush()
    expect(page.notices.error).toMatchObject([
      { code: 'invalid_consent', message: expect.stringContaining(found) },
    ])
    expect(names(page)).toEqual(['a'])
  })
})

describe('pending', () => {
  test('stores and sends nothing, whatever happens to the page', async () => {
    const page = openPage({ consent: 'pending', autoPage: true })
    page.client.identify('u1', { email: 'ann@example.com' })
    page.client.identify('null')
    page.client.reset()
    page.client.setToken('hw_pub_abcd1234_new')
    page.lifecycle.leave()
    page.lifecycle.resume()
    await page.clock.advance(3_600_000)
    page.lifecycle.leave()
    expect(await onDevice(page)).toEqual([])
    expect(page.transport.requests).toEqual([])
  })

  test('then granted sends everything, in order, with the times at which it happened', async () => {
    const page = openPage({ consent: 'pending' })
    page.client.track('a')
    await page.clock.advance(10_000)
    page.client.track('b')
    await page.clock.advance(10_000)
    page.client.consent('granted')
    page.client.track('c')
    await settled()
    expect(page.events()).toMatchObject([
      { name: 'a', seq: 1, occurred_at: '2026-11-20T12:00:00.000Z' },
      { name: 'b', seq: 2, occurred_at: '2026-11-20T12:00:10.000Z' },
      { name: 'c', seq: 3, occurred_at: '2026-11-20T12:00:20.000Z' },
    ])
    expect(page.transport.requests[0]?.batch.sent_at).toBe('2026-11-20T12:00:20.000Z')
  })

  test('then granted assigns the events to the session that they opened, with its landing and its campaign', async () => {
    const page = openPage({ consent: 'pending' })
    page.lifecycle.here = { url: 'https://shop.example/?utm_source=mail', referrer: 'https://mail.example/' }
    page.client.page()
    page.lifecycle.here = { url: 'https://shop.example/cart' }
    page.client.consent('granted')
    await settled()
    expect(page.events()[0]?.session).toMatchObject({
      landing_url: 'https://shop.example/?utm_source=mail',
      referrer_url: 'https://mail.example/',
    })
  })

  test('then granted on a page that leaves at once still sends the events', async () => {
    const { storage } = createSlowStorage()
    const page = openPage({ consent: 'pending' }, { storage })
    page.client.track('a')
    page.client.consent('granted')
    page.lifecycle.leave()
    expect(page.transport.requests).toMatchObject([{ isLeaving: true, batch: { events: [{ name: 'a' }] } }])
  })

  test('again after granted keeps later events until it is granted again', async () => {
    const page = openPage()
    page.client.track('a')
    await page.client.flush()
    page.client.consent('pending')
    page.client.track('b')
    await page.clock.advance(60_000)
    expect(names(page)).toEqual(['a'])
    page.client.consent('granted')
    await settled()
    expect(names(page)).toEqual(['a', 'b'])
    expect(new Set(page.events().map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
  })

  test('holds 10,000 events; further ones are lost and counted', async () => {
    const page = openPage({ consent: 'pending' })
    for (let index = 0; index < 10_002; index++) page.client.track('a')
    expect(page.notices.dropped).toEqual(Array(2).fill({ reason: 'queue_full', count: 1 }))
    page.client.consent('granted')
    await page.client.flush()
    expect(page.events()).toHaveLength(10_000)
    expect(page.transport.requests[0]?.batch.dropped).toEqual({ queue_full: 2 })
  })

  test.each<[string, (page: FakePage) => Promise<unknown>]>([
    ['flush', ({ client }) => client.flush()],
    ['shutdown', ({ client }) => client.shutdown()],
    ['stored', ({ client }) => client.stored()],
    ['forget', ({ client }) => client.forget()],
  ])('does not keep %s from resolving', async (_, call) => {
    const page = openPage({ consent: 'pending' })
    page.client.track('a')
    await settled()
    const ended = call(page).then(() => 'ended')
    expect(await Promise.race([ended, settled().then(() => 'still waits')])).toBe('ended')
  })

  test('set while an event is being written does not keep flush from resolving', async () => {
    const { storage, open } = createSlowStorage()
    const page = openPage({}, { storage })
    page.client.track('a')
    await settled()
    page.client.track('b')
    const flushed = page.client.flush().then(() => 'ended')
    page.client.consent('pending')
    open()
    expect(await Promise.race([flushed, settled().then(() => 'still waits')])).toBe('ended')
  })
})

test.each(
  (['pending', 'denied'] as const).flatMap((state) =>
    [0, 1, 2, 3, 5].map((steps) => [state, steps] as const),
  ),
)(
  '%s, set %s steps after the start, does not keep flush and shutdown from resolving',
  async (state, steps) => {
    const page = openPage({ autoPage: true })
    for (let step = 0; step < steps; step++) await Promise.resolve()
    page.client.consent(state)
    await settled()
    const ended = page.client
      .flush()
      .then(page.client.shutdown)
      .then(() => 'ended')
    expect(await Promise.race([ended, settled().then(() => 'still waits')])).toBe('ended')
  },
)

describe('denied', () => {
  /** A page with a visitor, which keeps an event that the collector does not accept. */
  async function openWithHistory() {
    const page = openPage()
    page.client.identify('u1')
    await page.client.flush()
    page.transport.alwaysReplyWith({ ...problem(503), retryAfter: '60' })
    page.client.track('waits')
    await page.client.flush()
    page.transport.requests.length = 0
    expect(await onDevice(page)).toEqual(['1 events', 'visitor', 'id', 'pace'])
    return page
  }

  test('deletes what was stored: events, visitor, sync storage and id', async () => {
    const page = await openWithHistory()
    page.client.consent('denied')
    await page.clock.advance(3_600_000)
    expect(await onDevice(page)).toEqual([])
    expect(page.transport.requests).toEqual([])
  })

  test('from the start deletes what an earlier page has left', async () => {
    const earlier = await openWithHistory()
    const page = openPage({ consent: 'denied', autoPage: true }, earlier.device)
    await settled()
    expect(await onDevice(page)).toEqual([])
    expect(page.transport.requests).toEqual([])
  })

  test('stores and sends nothing, whatever happens to the page', async () => {
    const page = openPage({ consent: 'denied', autoPage: true })
    page.client.track('a')
    page.client.conversion('b')
    page.client.identify('u1', { email: 'ann@example.com' })
    page.client.reset()
    page.client.setToken('hw_pub_abcd1234_new')
    page.lifecycle.arrive()
    page.lifecycle.leave()
    page.lifecycle.resume()
    await page.client.flush()
    await page.clock.advance(3_600_000)
    page.lifecycle.leave()
    await page.client.shutdown()
    expect(await onDevice(page)).toEqual([])
    expect(page.transport.requests).toEqual([])
  })

  test('is a loss for each call, which listeners are notified of and the collector is not', async () => {
    const page = openPage({ consent: 'denied' })
    page.client.track('a')
    page.client.page()
    page.client.reset()
    expect(page.notices.dropped).toEqual(Array(3).fill({ reason: 'consent_denied', count: 1 }))
    page.client.consent('granted')
    page.client.track('b')
    await page.client.flush()
    expect(page.transport.requests).toHaveLength(1)
    expect(page.transport.requests[0]?.batch).not.toHaveProperty('dropped')
  })

  test('reports the events that it deletes, because no loss goes without a count and a reason', async () => {
    const page = openPage({ consent: 'pending' })
    page.client.track('a')
    page.client.track('b')
    page.client.consent('denied')
    expect(page.notices.dropped).toEqual([{ reason: 'consent_denied', count: 2 }])
    page.client.consent('granted')
    page.client.track('c')
    await page.client.flush()
    expect(page.transport.requests[0]?.batch).not.toHaveProperty('dropped')
  })

  test('does not pass events to the hook', () => {
    const before = vi.fn((event) => event)
    openPage({ consent: 'denied', beforeSend: before }).client.track('a')
    expect(before).not.toHaveBeenCalled()
  })

  test('then granted starts over with a new visitor, a new session and a new stream', async () => {
    const page = openPage()
    page.client.identify('u1')
    await page.client.flush()
    page.client.consent('denied')
    page.client.consent('granted')
    page.client.track('b')
    await page.client.flush()
    const [before, after] = page.events()
    expect(after).toMatchObject({ name: 'b', seq: 1, session: { id: after?.idempotency_key } })
    expect(after).not.toHaveProperty('user_id')
    for (const key of ['anonymous_id', 'stream'] as const) expect(after?.[key]).not.toBe(before?.[key])
  })

  test('then granted at once does not delete what is recorded afterwards', async () => {
    const storage = createFakeStorage()
    const { clear } = storage
    const { promise: ready, open } = gate<void>()
    storage.clear = async () => {
      await ready // as when a database has to be found before it is cleared
      await clear()
    }
    const page = openPage({}, { storage })
    page.client.track('a')
    await page.client.flush()
    page.client.consent('denied')
    page.client.consent('granted')
    page.client.track('b')
    await settled()
    open()
    await page.client.flush()
    expect(names(page)).toEqual(['a', 'b'])
    const [a, b] = page.events()
    expect(b?.anonymous_id).not.toBe(a?.anonymous_id)
    expect(await visitorIn(page)).toMatchObject({ anonymousId: b?.anonymous_id })
  })

  test('reports storage that cannot be cleared', async () => {
    const storage = createFakeStorage()
    const page = openPage({}, { storage })
    await settled()
    storage.failWith(new Error('no disk'))
    page.client.consent('denied')
    await settled()
    expect(new Set(page.notices.error.map(({ code }) => code))).toEqual(
      new Set(['storage_failed', 'forget_failed']),
    )
  })

  test('reports storage that cannot be cleared, even if it has failed before', async () => {
    const storage = createFakeStorage()
    const page = openPage({}, { storage })
    await settled()
    storage.failWith(new Error('no disk'))
    page.client.track('a')
    await settled()
    page.notices.error.length = 0
    page.client.consent('denied')
    await settled()
    expect(page.notices.error).toMatchObject([{ code: 'forget_failed' }])
  })

  test('clears storage that has failed to take more', async () => {
    const storage = createFakeStorage()
    const page = openPage({}, { storage })
    page.transport.alwaysReplyWith({ status: 0 })
    page.client.track('kept')
    await settled()
    storage.append = () => Promise.reject(new Error('QuotaExceededError'))
    page.client.track('in memory')
    await settled()
    page.client.consent('denied')
    await settled()
    expect(await onDevice(page)).toEqual([])
  })
})

describe('denied', () => {
  test('during a write leaves nothing on the device, and the event is not sent', async () => {
    const { storage, open } = createSlowStorage()
    const page = openPage({}, { storage })
    const { clear } = storage
    const { promise: written, open: endWrite } = gate<void>()
    storage.clear = () => written.then(clear) // a transaction waits for the one before it
    page.client.track('a')
    await settled()
    page.client.consent('denied')
    open()
    await settled()
    endWrite()
    await page.clock.advance(60_000)
    expect(await onDevice(page)).toEqual([])
    expect(page.transport.requests).toEqual([])
  })

  test('during a hash discards the event that waits for it', async () => {
    const { promise: hash, open } = gate<string>()
    const page = openPage({}, { ids: { ...createFakeIds(), sha256: () => hash } })
    page.client.identify('u1', { email: 'ann@example.com' })
    await settled()
    page.client.consent('denied')
    open('abc')
    await page.clock.advance(60_000)
    expect(await onDevice(page)).toEqual([])
    expect(page.transport.requests).toEqual([])
  })

  test('while a request is compressed stops the request, and its losses are reported later', async () => {
    const page = openPage()
    const { promise: packed, open } = gate<string>()
    page.transport.pack = () => packed
    page.client.identify('null')
    page.client.track('a')
    const flushed = page.client.flush()
    await settled()
    page.client.consent('denied')
    open('{}')
    await flushed
    expect(page.transport.requests).toEqual([])

    page.transport.pack = async (text) => text
    page.client.consent('granted')
    page.client.track('b')
    await page.client.flush()
    expect(page.transport.requests).toMatchObject([{ batch: { dropped: { illegal_id: 1 } } }])
  })

  test.each<[string, Answer]>([
    ['delivered', receipt(2)],
    ['refused as a whole', problem(400)],
    ['too large', problem(413)],
    ['a failure', { status: 0 }],
    ['a pause', { ...problem(503), retryAfter: '60' }],
  ])('during a request whose answer is %s: nothing is sent or written afterwards', async (_, answer) => {
    const page = openPage()
    const slow = gate<Answer>()
    page.transport.replyWith(slow.promise)
    page.client.track('a')
    page.client.track('b')
    const flushed = page.client.flush()
    await settled()
    page.client.consent('denied')
    slow.open(answer)
    await flushed
    await page.clock.advance(3_600_000)
    expect(page.transport.sent()).toEqual([['a', 'b']])
    expect(await onDevice(page)).toEqual([])
  })

  test('while a refused batch is split in half stops the other half', async () => {
    const page = openPage()
    const slow = gate<Answer>()
    page.transport.replyWith(problem(400), slow.promise)
    page.client.track('a')
    page.client.track('b')
    const flushed = page.client.flush()
    await settled()
    page.client.consent('denied')
    slow.open(receipt(1))
    await flushed
    expect(page.transport.sent()).toEqual([['a', 'b'], ['a']])
  })

  test('after a leaving page sent its request leaves nothing on the device', async () => {
    const page = openPage()
    page.transport.alwaysReplyWith(deadEnd())
    page.client.track('a')
    page.lifecycle.leave()
    page.client.consent('denied')
    await settled()
    expect(await onDevice(page)).toEqual([])
  })
})

describe('with two tabs', () => {
  test('denied in one deletes for both; the other continues with a new visitor', async () => {
    const one = openPage()
    const two = openPage({}, one.device)
    one.client.track('a')
    await one.client.flush()
    one.client.consent('denied')
    await settled()
    two.client.track('b')
    await two.client.flush()
    expect(two.events()[0]?.anonymous_id).not.toBe(one.events()[0]?.anonymous_id)
  })

  test('forget in one is final, however often the other continues', async () => {
    const one = openPage()
    const two = openPage({}, one.device)
    await settled()
    for (const name of ['a', 'b', 'c']) {
      two.client.track(name)
      await two.client.flush()
      await one.client.forget()
    }
    expect(new Set(two.events().map(({ anonymous_id }) => anonymous_id)).size).toBe(3)
  })

  test('pending in one does not hold back events of the other', async () => {
    const one = openPage({ consent: 'pending' })
    const two = openPage({}, one.device)
    one.client.track('a')
    two.client.track('b')
    await two.client.flush()
    expect(names(two)).toEqual(['b'])
    expect(await waiting(two)).toEqual([])
  })
})

describe('another tab', () => {
  /** Two tabs: one has identified the visitor, both have delivered. */
  async function openTwo() {
    const store = createFakeStorage()
    const one = openPage({}, { storage: createFakeStorage(store) })
    const two = openPage({}, { ...one.device, storage: createFakeStorage(store) })
    one.client.identify('alice')
    await one.client.flush()
    two.client.track('early')
    await two.client.flush()
    return { one, two, store, known: two.events()[0]?.anonymous_id }
  }

  test.each<[string, (page: FakePage) => void]>([
    ['denied', ({ client }) => client.consent('denied')],
    ['forgotten', ({ client }) => void client.forget()],
  ])('does not bring back a visitor who was %s when it leaves', async (_, end) => {
    const { one, two, known } = await openTwo()
    end(one)
    await settled()
    two.client.track('late')
    two.lifecycle.leave()
    const late = two.events().at(-1)
    expect(late).toMatchObject({ name: 'late' })
    expect(late?.anonymous_id).not.toBe(known)
    expect(late).not.toHaveProperty('user_id')
  })

  test('does not bring the visitor back by its note when it can no longer write', async () => {
    const { one, two, store, known } = await openTwo()
    one.client.consent('denied')
    await settled()
    two.storage.hang()
    two.client.track('late')
    two.lifecycle.leave()
    const next = openPage({}, { ...one.device, storage: createFakeStorage(store) })
    next.client.track('next')
    await next.client.flush()
    const event = next.events().find(({ name }) => name === 'next')
    expect(event?.anonymous_id).not.toBe(known)
    expect(event).not.toHaveProperty('user_id')
  })

  test('sends no deleted event', async () => {
    const one = openPage()
    const two = openPage({}, one.device)
    await settled()
    two.client.track('secret')
    await settled()
    one.client.consent('denied')
    await settled()
    two.lifecycle.leave()
    expect(two.events()).toEqual([])
  })
})

describe('a request that is in flight', () => {
  /** A page whose request with two events is in flight. */
  async function beginRequest() {
    const page = openPage()
    await settled()
    page.client.track('a')
    page.client.track('b')
    await settled()
    const { promise, open } = gate<Answer>()
    page.transport.replyWith(promise)
    const flushed = page.client.flush()
    await settled()
    const end = async (answer: Answer) => {
      open(answer)
      await flushed
    }
    return { ...page, end }
  }

  test.each<[string, (page: FakePage) => unknown]>([
    ['forgotten', ({ client }) => client.forget()],
    ['denied, and others allowed', ({ client }) => [client.consent('denied'), client.consent('granted')]],
  ])('whose events were %s is not split in half by its answer', async (_, act) => {
    const page = await beginRequest()
    await act(page)
    await page.end(problem(413))
    await page.client.flush()
    expect(page.transport.sent()).toEqual([['a', 'b']])
  })

  test('that is a half is the last one when everything is forgotten', async () => {
    const page = await beginRequest()
    const { promise, open } = gate<Answer>()
    page.transport.replyWith(promise)
    const ended = page.end(problem(413))
    await settled()
    expect(page.transport.sent()).toEqual([['a', 'b'], ['a']])
    await page.client.forget()
    open(receipt(1))
    await ended
    expect(page.transport.sent()).toEqual([['a', 'b'], ['a']])
  })

  test('that is answered while consent is pending again is handled: nothing is sent twice', async () => {
    const page = await beginRequest()
    page.client.consent('pending')
    await page.end(receipt(2))
    page.client.consent('granted')
    await page.client.flush()
    expect(page.transport.sent()).toEqual([['a', 'b']])
  })
})

test('pending also keeps what an earlier page has left from being written', async () => {
  const gone = openPage()
  gone.client.track('first')
  await gone.client.flush()
  gone.storage.hang()
  gone.transport.alwaysReplyWith({ status: 0 })
  gone.client.track('left')
  gone.lifecycle.leave()
  await settled()
  const page = openPage({ consent: 'pending' }, { syncStorage: gone.syncStorage })
  const before = gone.syncStorage.names()
  page.client.track('y')
  await settled()
  expect(await page.storage.dump()).toEqual([])
  expect(gone.syncStorage.names()).toEqual(before)
})

test.each([['granted'], ['denied']] as const)(
  'storage that never answers blocks nothing after a refusal, when consent was %s at first',
  async (consent) => {
    const storage = createFakeStorage()
    if (consent === 'denied') storage.hang()
    const page = openPage({ consent }, { storage })
    await settled()
    storage.hang()
    page.client.consent('denied')
    page.client.consent('granted')
    page.client.track('x')
    await page.clock.advance(120_000)
    expect(page.events().map(({ name }) => name)).toEqual(['x'])
  },
)
