/** States what a leaving page notes in sync storage, and how another page takes it over. */
import { createSlowStorage, deadEnd, type FakePage, openPage, waiting } from '@headwater/testkit/fake-page'
import {
  createFakeLifecycle,
  createFakePorts,
  createFakeStorage,
  createFakeTransport,
  noon,
  settled,
} from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { createLosses } from '../losses.ts'
import type { Settled } from '../records.ts'
import { createLeftovers } from './leftovers.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { createSyncStorage } from './sync-storage.ts'

const state = { v: 2, anonymousId: 'a1', seenAt: noon } as const
const event = (key: string) => ({ key, json: `{"idempotency_key":"${key}"}` })
const settledOf = (...keys: string[]): Settled => ({ state, events: keys.map(event) })

/** Two pages on one sync storage. */
function setUp() {
  const syncStorage = createSyncStorage()
  const openOn = (id: string) => {
    const losses = createLosses(() => {})
    const adopted: Settled[] = []
    const leftovers = createLeftovers({ syncStorage, ...losses }, id)
    const adopt = () =>
      leftovers.adopt(async (settle) => {
        const settled = settle(undefined)
        adopted.push(settled)
        return settled
      })
    const note = (settled: Settled) => leftovers.note(settled, settled.events.length)
    return { ...losses, ...leftovers, note, adopted, adopt }
  }
  return { syncStorage, one: openOn('p1'), two: openOn('p2') }
}

describe('a note', () => {
  test('is taken over once, with its state and its events, and then removed', async () => {
    const { one, two, syncStorage } = setUp()
    one.note(settledOf('k1', 'k2'))
    await two.adopt()
    await two.adopt()
    expect(two.adopted).toEqual([settledOf('k1', 'k2')])
    expect(syncStorage.names()).toEqual([])
  })

  test('contains losses, which the other page then reports', async () => {
    const { one, two } = setUp()
    one.lose('queue_full', { count: 3 })
    two.lose('queue_full')
    one.note(settledOf())
    await two.adopt()
    expect(one.takeLosses()).toBeUndefined()
    expect(two.takeLosses()).toEqual({ queue_full: 4 })
  })

  test('is not written when there is nothing to note', () => {
    const { one, syncStorage } = setUp()
    one.note(settledOf())
    expect(syncStorage.names()).toEqual([])
  })

  test('is not taken over by the page that wrote it', async () => {
    const { one, syncStorage } = setUp()
    one.note(settledOf('k1'))
    await one.adopt()
    expect(one.adopted).toEqual([])
    expect(syncStorage.names()).toEqual(['left/p1'])
  })

  test('is replaced by a later one, which has the losses of both', () => {
    const { one, two } = setUp()
    one.lose('queue_full')
    one.note(settledOf('k1'))
    one.lose('illegal_id')
    one.note(settledOf('k1', 'k2'))
    one.takeBack()
    expect(one.takeLosses()).toEqual({ queue_full: 1, illegal_id: 1 })
    expect(two.takeLosses()).toBeUndefined()
  })

  test('exists for each of two pages, and both are taken over', async () => {
    const { one, two, syncStorage } = setUp()
    one.note(settledOf('k1'))
    two.note(settledOf('k2'))
    await two.adopt()
    expect(two.adopted).toEqual([settledOf('k1')])
    await one.adopt()
    expect(one.adopted).toEqual([settledOf('k2')])
    expect(syncStorage.names()).toEqual([])
  })
})

test('a note that grows while it is taken over stays, with what was added', async () => {
  const { one, two, syncStorage } = setUp()
  one.note(settledOf('k1'))
  const first = two.adopt()
  one.note(settledOf('k1', 'k2'))
  await first
  await two.adopt()
  expect(two.adopted).toEqual([settledOf('k1'), settledOf('k1', 'k2')])
  expect(syncStorage.names()).toEqual([])
})

describe('taking a note back', () => {
  test('removes it, and its losses count here again', async () => {
    const { one, two, syncStorage } = setUp()
    one.lose('queue_full')
    one.note(settledOf('k1'))
    one.takeBack()
    one.takeBack()
    await two.adopt()
    expect(one.takeLosses()).toEqual({ queue_full: 1 })
    expect(two.adopted).toEqual([])
    expect(syncStorage.names()).toEqual([])
  })

  test('has no effect when another page has it: its losses are counted only there', async () => {
    const { one, two } = setUp()
    one.lose('queue_full')
    one.note(settledOf('k1'))
    await two.adopt()
    one.takeBack()
    expect(one.takeLosses()).toBeUndefined()
    expect(two.takeLosses()).toEqual({ queue_full: 1 })
  })

  test('while it is being taken over counts its losses once', async () => {
    const { one, two } = setUp()
    one.lose('queue_full')
    one.note(settledOf('k1'))
    const adopted = two.adopt()
    one.takeBack()
    await adopted
    expect(one.takeLosses()).toEqual({ queue_full: 1 })
    expect(two.takeLosses()).toBeUndefined()
  })
})

test('a note stays when it cannot be taken over, and is taken over later', async () => {
  const { one, two, syncStorage } = setUp()
  one.note(settledOf('k1'))
  const three = createLeftovers({ syncStorage, ...createLosses(() => {}) }, 'p3')
  const broken = three.adopt(() => Promise.reject(new Error('no disk')))
  await expect(broken).rejects.toThrow('no disk')
  await two.adopt()
  expect(two.adopted).toEqual([settledOf('k1')])
})

const readable = JSON.stringify({ state, events: 17 })
test.each([
  '',
  '{',
  'null',
  '17',
  '"text"',
  '[]',
  '{}',
  '{"events":[]}',
  '{"state":null,"events":[]}',
  readable,
])('a note of %s is removed without effect, and other notes are taken over', async (text) => {
  const { one, two, syncStorage } = setUp()
  syncStorage.write('left/broken', text)
  one.note(settledOf('k1'))
  await two.adopt()
  expect(two.adopted).toEqual([settledOf('k1')])
  expect(two.takeLosses()).toBeUndefined()
  expect(syncStorage.names()).toEqual([])
})

test.each([
  ['of another version', { state: { ...state, v: 1 }, events: [event('k9')] }],
  ['of a visitor without a time', { state: { ...state, seenAt: 'noon' }, events: [event('k9')] }],
  ['without a visitor', { events: [event('k9')] }],
  ['that is a list', []],
])('a note %s is not taken over, and is removed', async (_, note) => {
  const { two, syncStorage } = setUp()
  syncStorage.write('left/other', JSON.stringify(note))
  await two.adopt()
  expect(two.adopted).toEqual([])
  expect(syncStorage.names()).toEqual([])
})

test('whatever is not an event in a note is left out', async () => {
  const { two, syncStorage } = setUp()
  const events = [null, 17, {}, { key: 'k8' }, event('k9')]
  syncStorage.write('left/other', JSON.stringify({ state, events }))
  await two.adopt()
  expect(two.adopted).toEqual([settledOf('k9')])
})

test('other texts in sync storage are not notes', async () => {
  const { two, syncStorage } = setUp()
  syncStorage.write('pace', JSON.stringify({ state, events: [event('k1')] }))
  syncStorage.write('id', '1.a1...5')
  await two.adopt()
  expect(two.adopted).toEqual([])
  expect(syncStorage.names()).toEqual(['pace', 'id'])
})

describe('a page that closed before its storage answered', () => {
  const shop = 'https://shop.example/'

  /** A page opened from a mail records events and is left; its storage never answers, and neither does its request. */
  function leaveAtOnce(act: (page: FakePage) => void, device: Partial<FakePage['device']> = {}) {
    const { storage, syncStorage, clock } = createFakePorts(device)
    const stopped = { ...clock, after: () => () => {} } // its timers never fire
    const transport = createFakeTransport()
    transport.alwaysReplyWith(deadEnd())
    const lifecycle = createFakeLifecycle()
    lifecycle.here = { url: `${shop}?utm_source=mail`, referrer: 'https://mail.example/' }
    const hanging = { ...storage, append: deadEnd, peek: deadEnd, count: deadEnd, alone: deadEnd }
    const page = openPage(
      {},
      { storage: hanging as typeof storage, syncStorage, clock: stopped, transport, lifecycle },
    )
    act(page)
    page.lifecycle.leave()
    return { ...page, device: { storage, syncStorage, clock } }
  }

  /** The next page, which has sent what it found. */
  async function openNext(device: FakePage['device']) {
    const page = openPage({}, device)
    await settled()
    return page
  }

  test('has sent its events, and the next page sends the same again', async () => {
    const gone = leaveAtOnce(({ client }) => [client.page(), client.track('a')])
    const next = await openNext(gone.device)
    expect(gone.transport.requests).toMatchObject([{ isLeaving: true }])
    expect(next.events()).toEqual(gone.events())
    expect(next.events()).toMatchObject([
      { name: 'page_view', session: { landing_url: `${shop}?utm_source=mail` } },
      { name: 'a', session: { referrer_url: 'https://mail.example/' } },
    ])
    expect(await waiting(next)).toEqual([])
    expect(next.syncStorage.names()).toEqual(['id'])
  })

  test('passes visitor and session to the next page, with the landing', async () => {
    const gone = leaveAtOnce(({ client }) => client.page())
    const next = await openNext(gone.device)
    next.client.track('b')
    await next.client.flush()
    const [view, b] = next.events()
    expect(b).toMatchObject({ anonymous_id: view?.anonymous_id, session: view?.session })
  })

  test('passes the identified user to the next page', async () => {
    const gone = leaveAtOnce(({ client }) => client.identify('u1'))
    const next = await openNext(gone.device)
    next.client.track('b')
    await next.client.flush()
    expect(next.events().at(-1)).toMatchObject({ name: 'b', user_id: 'u1' })
  })

  test('does not make the device forget the user and the first touch', async () => {
    const first = openPage()
    first.lifecycle.here = { url: `${shop}?utm_source=ad` }
    first.client.identify('u1')
    await first.client.flush()
    await first.clock.advance(60 * 60_000)

    const gone = leaveAtOnce(({ client }) => client.page(), first.device)
    const next = await openNext(gone.device)
    next.client.conversion('buy')
    await next.client.flush()
    expect(next.events().at(-1)).toMatchObject({
      user_id: 'u1',
      touches: [{ url: `${shop}?utm_source=ad` }, { url: `${shop}?utm_source=mail` }],
    })
  })

  test('does not undo what another page has written since', async () => {
    const one = openPage()
    const two = openPage({}, { ...one.device, storage: { ...one.storage } })
    two.client.page()
    await two.client.flush()
    one.client.identify('u1')
    await one.client.flush()

    await one.clock.advance(1_000)
    Object.assign(two.storage, { append: deadEnd })
    two.transport.alwaysReplyWith(deadEnd())
    two.client.track('late')
    two.lifecycle.leave()
    const next = await openNext(one.device)
    next.client.track('b')
    await next.client.flush()
    expect(next.events().map(({ name }) => name)).toEqual(['late', 'b'])
    expect(next.events().at(-1)).toMatchObject({ user_id: 'u1' })
  })

  test('with a reset makes the next page start with a new visitor', async () => {
    const first = openPage()
    first.client.identify('u1')
    await first.client.flush()
    await first.clock.advance(1_000)
    const gone = leaveAtOnce(({ client }) => client.reset(), first.device)
    const next = await openNext(gone.device)
    next.client.track('b')
    await next.client.flush()
    const b = next.events().at(-1)
    expect(b?.anonymous_id).not.toBe(first.events()[0]?.anonymous_id)
    expect(b).not.toHaveProperty('user_id')
  })

  test('has its losses reported by the next page', async () => {
    const gone = leaveAtOnce(({ client }) => [client.identify('null'), client.track('a')])
    expect(gone.transport.requests[0]?.batch).not.toHaveProperty('dropped')
    const next = await openNext(gone.device)
    expect(next.transport.requests[0]?.batch.dropped).toEqual({ illegal_id: 1 })
    next.client.track('b')
    await next.client.flush()
    expect(next.transport.requests[1]?.batch).not.toHaveProperty('dropped')
  })

  test('has its losses reported even if it was hidden before it closed', async () => {
    const gone = leaveAtOnce(({ client, lifecycle }) => {
      client.identify('null')
      client.track('a')
      lifecycle.leave()
    })
    const next = await openNext(gone.device)
    expect(next.transport.requests[0]?.batch.dropped).toEqual({ illegal_id: 1 })
  })

  test('in each of two tabs loses nothing of either', async () => {
    const one = leaveAtOnce(({ client }) => [client.identify('null'), client.track('a')])
    const two = leaveAtOnce(({ client }) => [client.identify('null'), client.track('b')], one.device)
    const next = await openNext(two.device)
    expect(next.events().map(({ name }) => name)).toEqual(['a', 'b'])
    expect(next.transport.requests[0]?.batch.dropped).toEqual({ illegal_id: 2 })
    expect(new Set(next.events().map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
  })

  test('has its note found within 30 s by a page that has long been open', async () => {
    const idle = openPage()
    await settled()
    leaveAtOnce(({ client }) => client.track('a'), idle.device)
    await idle.clock.advance(30_000)
    expect(idle.transport.sent()).toEqual([['a']])
  })

  test('has its events counted as lost if they no longer fit into storage', async () => {
    const storage = createFakeStorage(createMemoryStorage(900))
    const gone = leaveAtOnce(({ client }) => [client.track('a'), client.track('b'), client.track('c')], {
      storage,
    })
    const next = await openNext(gone.device)
    const lost = next.notices.dropped.reduce((sum, { count }) => sum + count, 0)
    expect(next.events().length + lost).toBe(3)
    expect(lost).toBeGreaterThan(0)
  })

  test.each([
    '{"state":{"v":1,"anonymousId":"a1","seenAt":1},"events":17}',
    '{"state":{"v":1,"anonymousId":"a1","seenAt":1},"events":[null]}',
    '{"state":{},"events":[]}',
    '{"state":{"v":2},"events":[]}',
  ])('and whose note is %s does no harm', async (note) => {
    const page = openPage()
    page.client.identify('u1')
    await page.client.flush()
    page.syncStorage.write('left/broken', note)
    for (const name of ['a', 'b']) {
      page.client.track(name)
      await page.client.flush()
    }
    expect(page.events().at(-1)).toMatchObject({ name: 'b', user_id: 'u1' })
    expect(page.notices.error).toEqual([])
  })
})

describe('a page that was left and is still open', () => {
  test.each<[between: string, act: (page: FakePage) => void]>([
    ['a reset', ({ client }) => client.reset()],
    ['another user', ({ client }) => client.identify('u2')],
    [
      'another campaign',
      ({ client, lifecycle }) => {
        lifecycle.here = { url: 'https://shop.example/?utm_source=ad' }
        client.page()
      },
    ],
    ['another leave', ({ lifecycle }) => lifecycle.leave()],
  ])('writes events from before and after %s as it has sent them', async (_, act) => {
    const { storage, open } = createSlowStorage()
    const page = openPage({}, { storage })
    page.transport.alwaysReplyWith(deadEnd())
    page.client.identify('u1')
    page.client.track('a')
    act(page)
    page.client.track('b')
    page.lifecycle.leave()
    open()
    await settled()
    const sent = page.events()
    expect(sent.at(-1)).toMatchObject({ name: 'b' })
    expect(await waiting(page)).toEqual(sent)
  })

  test('and has more to write keeps its note, whatever calls flush', async () => {
    const { storage } = createSlowStorage()
    const page = openPage({}, { storage })
    page.transport.alwaysReplyWith({ status: 0 })
    page.client.track('a')
    page.lifecycle.leave()
    page.client.flush()
    expect(page.syncStorage.names()).toContainEqual(expect.stringMatching(/^left\//))
  })

  test('continues from what another page has written meanwhile', async () => {
    const { storage, open } = createSlowStorage()
    const page = openPage({}, { storage })
    page.transport.alwaysReplyWith(deadEnd())
    page.client.track('a')
    page.lifecycle.leave()
    page.syncStorage.write('id', `1.another.s1.${noon}.${noon + 1}`)
    open()
    await settled()
    expect(await waiting(page)).toMatchObject([{ name: 'a', anonymous_id: 'another', session: { id: 's1' } }])
  })

  test('takes its note back when it is seen again, and reports its losses itself', async () => {
    const { storage, open } = createSlowStorage()
    const page = openPage({}, { storage })
    page.transport.replyWith({ status: 0 })
    page.client.identify('null')
    page.client.track('a')
    page.lifecycle.leave()
    expect(page.syncStorage.names()).toContainEqual(expect.stringMatching(/^left\//))
    open()
    page.lifecycle.resume()
    await page.clock.advance(1_000)
    expect(page.syncStorage.names()).toEqual(['id'])
    expect(page.transport.requests.at(-1)?.batch.dropped).toEqual({ illegal_id: 1 })
  })

  test('takes its note back when storage answers after all', async () => {
    const { storage, open } = createSlowStorage()
    const page = openPage({}, { storage })
    page.transport.alwaysReplyWith(deadEnd())
    page.client.track('a')
    page.lifecycle.leave()
    open()
    await settled()
    expect(page.syncStorage.names()).toEqual(['id'])
    expect(await waiting(page)).toHaveLength(1)
  })

  test('and whose note another page has taken over stores and sends each event once', async () => {
    const { storage, open } = createSlowStorage()
    const hidden = openPage({}, { storage })
    hidden.transport.alwaysReplyWith(deadEnd())
    hidden.client.track('a')
    hidden.lifecycle.leave()
    const other = openPage({}, hidden.device)
    other.transport.alwaysReplyWith({ status: 503 })
    open()
    await settled()
    expect(await waiting(other)).toHaveLength(1)
    expect(other.events()).toEqual(hidden.events())
  })
})
