/** States when a server's client sends, what it keeps, and how it ends. */
import { gate } from '@headwater/testkit/fake-page'
import { problem, receipt, settled } from '@headwater/testkit/fake-ports'
import { openServer } from '@headwater/testkit/fake-server'
import { describe, expect, test, vi } from 'vitest'
import type { ServerOptions } from './options.ts'

const who = { userId: 'u1' }
const second = 1_000

function trackMany(server: ReturnType<typeof openServer>, count: number, from = 0): void {
  for (let each = from; each < from + count; each++) server.client.track(`e${each}`, who)
}

describe('sending', () => {
  test('waits for flushIntervalMs, then sends what has come meanwhile in one request', async () => {
    const server = openServer({ flushIntervalMs: 2 * second })
    trackMany(server, 3)
    await server.clock.advance(1_999)
    expect(server.transport.sent()).toEqual([])
    await server.clock.advance(1)
    expect(server.transport.sent()).toEqual([['e0', 'e1', 'e2']])
  })

  test('does not wait when a batch is full', async () => {
    const server = openServer({ batchSize: 2 })
    trackMany(server, 3)
    await server.clock.advance(0)
    expect(server.transport.sent()).toEqual([['e0', 'e1'], ['e2']])
  })

  test('keeps a request below the limit of the collector', async () => {
    const server = openServer()
    const props = { text: 'x'.repeat(32_000) }
    for (let each = 0; each < 30; each++) server.client.track('large', { ...who, props })
    await server.client.flush()
    expect(server.transport.sent().map((names) => names.length)).toEqual([27, 3])
  })

  test('by flush ends with what waited when it began, however much comes meanwhile', async () => {
    const server = openServer({ batchSize: 1 })
    server.transport.alwaysReplyWith(({ batch }) => {
      trackMany(server, 1)
      return receipt(batch.events.length)
    })
    trackMany(server, 2)
    await server.client.flush()
    expect(server.transport.requests.length).toBeLessThanOrEqual(4)
    server.transport.alwaysReplyWith(({ batch }) => receipt(batch.events.length))
  })

  test('of two clients in one process does not mix', async () => {
    const [one, other] = [openServer(), openServer({ endpoint: 'https://other.example.com/' })]
    one.client.track('a', who)
    other.client.track('b', who)
    await Promise.all([one.client.flush(), other.client.flush()])
    expect([one.transport.sent(), other.transport.sent()]).toEqual([[['a']], [['b']]])
    expect(other.transport.requests[0]?.url).toMatch(/^https:\/\/other\.example\.com\/v1\/batch\?/)
  })
})

describe('when the collector', () => {
  test('cannot be reached, events wait and are sent once when it is back', async () => {
    const server = openServer()
    server.transport.alwaysReplyWith({ status: 0 })
    trackMany(server, 2)
    await server.clock.advance(20 * second)
    server.transport.alwaysReplyWith(({ batch }) => receipt(batch.events.length))
    trackMany(server, 1, 2)
    await server.clock.advance(5 * second)
    expect(server.transport.sent().at(-1)).toEqual(['e0', 'e1', 'e2'])
    expect(server.notices.delivered).toEqual([{ accepted: 3, duplicate: 0, rejected: 0 }])
    expect(server.notices.dropped).toEqual([])
  })

  test('answers 503 with Retry-After, nothing is sent before, not even by flush', async () => {
    const server = openServer()
    server.transport.replyWith({ ...problem(503), retryAfter: '20' })
    trackMany(server, 1)
    await server.clock.advance(second)
    await server.client.flush()
    await server.clock.advance(19_999)
    expect(server.transport.requests).toHaveLength(1)
    await server.clock.advance(1)
    expect(server.transport.requests).toHaveLength(2)
  })

  test('answers 401, nothing is sent until there is a new token', async () => {
    const server = openServer()
    server.transport.replyWith(problem(401, 'token_revoked'))
    trackMany(server, 1)
    await server.clock.advance(3_600 * second)
    expect(server.transport.requests).toHaveLength(1)
    expect(server.notices.error).toMatchObject([{ code: 'collector_refused' }])
    server.client.setToken('hw_sec_abcd1234_another')
    await settled()
    expect(server.transport.requests[1]?.url).toContain('token=hw_sec_abcd1234_another')
  })

  test('answers 403, the same is tried five minutes later', async () => {
    const server = openServer()
    server.transport.replyWith(problem(403))
    trackMany(server, 1)
    await server.clock.advance(299 * second)
    expect(server.transport.requests).toHaveLength(1)
    await server.clock.advance(2 * second)
    expect(server.notices.delivered).toHaveLength(1)
  })

  test('refuses a batch for one event, halving finds it, and the others are stored', async () => {
    const server = openServer()
    server.transport.alwaysReplyWith(({ batch }) =>
      batch.events.some(({ name }) => name === 'e5')
        ? problem(400, 'invalid_json')
        : receipt(batch.events.length),
    )
    trackMany(server, 8)
    await server.client.flush()
    expect(server.notices.delivered.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(7)
    expect(server.notices.dropped).toMatchObject([{ reason: 'refused', count: 1, code: 'invalid_json' }])
  })

  test('rejects an event, its code and message are in the notice', async () => {
    const server = openServer()
    server.transport.replyWith(
      receipt(1, [{ index: 0, status: 'rejected', code: 'too_old', message: 'Too old.' }]),
    )
    trackMany(server, 1)
    await server.client.flush()
    expect(server.notices.dropped).toEqual([
      { reason: 'rejected', count: 1, code: 'too_old', message: 'Too old.' },
    ])
  })
})

test('setToken ignores the token of another website', () => {
  const server = openServer()
  server.client.setToken('hw_sec_zzzz9999_another')
  expect(server.notices.error).toMatchObject([{ code: 'invalid_token' }])
  expect(server.notices.error[0]?.message).toContain("'hw_sec_zzzz9999_…'")
})

describe('memory', () => {
  test('holds maxQueueEvents; beyond that the oldest are dropped, counted and reported', async () => {
    const server = openServer({ maxQueueEvents: 100 })
    server.transport.alwaysReplyWith({ status: 0 })
    trackMany(server, 130)
    await server.clock.advance(second)
    server.transport.alwaysReplyWith(({ batch }) => receipt(batch.events.length))
    await server.clock.advance(10 * second)
    expect(server.transport.sent().at(-1)).toEqual(
      Array.from({ length: 100 }, (_, index) => `e${30 + index}`),
    )
    expect(server.notices.dropped).toHaveLength(30)
    expect(server.transport.requests.at(-1)?.batch.dropped).toEqual({ queue_full: 30 })
  })

  test('holds maxQueueBytes', async () => {
    const server = openServer({ maxQueueBytes: 10_000 })
    trackMany(server, 1_000)
    await server.client.flush()
    expect(JSON.stringify(server.events()).length).toBeLessThan(10_100)
    const dropped = server.notices.dropped.reduce((sum, { count }) => sum + count, 0)
    expect(dropped + server.events().length).toBe(1_000)
  })

  test('does not drop what is in flight', async () => {
    const server = openServer({ maxQueueEvents: 2 })
    const { promise, open } = gate<{ status: number }>()
    server.transport.replyWith(promise)
    trackMany(server, 2)
    const flushed = server.client.flush()
    await settled()
    trackMany(server, 2, 2)
    open(receipt(2))
    await flushed
    expect(server.transport.sent()).toEqual([['e0', 'e1']])
    expect(server.notices.dropped).toHaveLength(2)
  })
})

describe('the process', () => {
  test('is kept alive while events wait for their first attempt, and not longer', async () => {
    const server = openServer()
    expect(server.isKeptAlive()).toBe(false)
    server.transport.alwaysReplyWith({ status: 0 })
    trackMany(server, 1)
    expect(server.isKeptAlive()).toBe(true)
    await server.clock.advance(second)
    expect(server.isKeptAlive()).toBe(false)
  })
})

test('the process is kept alive for an event that came during the attempt', async () => {
  const server = openServer()
  server.transport.replyWith(({ batch }) => {
    trackMany(server, 1)
    return receipt(batch.events.length)
  })
  trackMany(server, 1)
  await server.client.flush()
  expect(server.isKeptAlive()).toBe(true)
  await server.client.flush()
  expect(server.isKeptAlive()).toBe(false)
})

describe('shutdown', () => {
  test('delivers what waits; later calls are dropped and counted', async () => {
    const server = openServer()
    trackMany(server, 2)
    server.client.identify({ userId: 'u1', email: 'a@example.com' })
    await server.client.shutdown()
    trackMany(server, 1)
    expect(server.events()).toHaveLength(3)
    expect(server.notices.dropped).toEqual([{ reason: 'shut_down', count: 1 }])
    expect([server.clock.timers(), server.isKeptAlive()]).toEqual([0, false])
  })

  test('tries again while the collector is down', async () => {
    const server = openServer()
    server.transport.replyWith({ status: 0 }, problem(503))
    trackMany(server, 1)
    const ended = server.client.shutdown()
    await server.clock.advance(second)
    await ended
    expect(server.notices.delivered).toHaveLength(1)
  })

  test('ends when its time is up, and counts what memory still holds', async () => {
    const server = openServer()
    server.transport.alwaysReplyWith({ status: 0 })
    trackMany(server, 3)
    const ended = server.client.shutdown({ timeoutMs: 2 * second })
    await server.clock.advance(2 * second)
    await ended
    expect(server.notices.dropped).toEqual([{ reason: 'shut_down', count: 3 }])
    expect([server.clock.timers(), server.isKeptAlive()]).toEqual([0, false])
  })

  test.each([
    ['401', problem(401)],
    ['403', problem(403)],
    ['a Retry-After that is longer', { ...problem(503), retryAfter: '60' }],
  ])('does not wait after %s, because nothing would change', async (_, answer) => {
    const server = openServer()
    server.transport.alwaysReplyWith(answer)
    trackMany(server, 1)
    await server.client.shutdown()
    expect(server.transport.requests).toHaveLength(1)
    expect(server.notices.dropped).toEqual([{ reason: 'shut_down', count: 1 }])
  })

  test('called twice ends once', async () => {
    const server = openServer()
    trackMany(server, 1)
    await Promise.all([server.client.shutdown(), server.client.shutdown()])
    expect(server.transport.requests).toHaveLength(1)
  })
})

describe('errors', () => {
  test('are logged while no one listens', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const server = openServer()
    const undo = server.client.on('error', () => {})
    server.client.track('a', {})
    expect(warn).not.toHaveBeenCalled()
    undo()
    warn.mockRestore()
  })

  test('of one code are reported once a minute, and each loss is counted', async () => {
    const server = openServer()
    for (let each = 0; each < 3; each++) server.client.track('a', {})
    expect([server.notices.error.length, server.notices.dropped.length]).toEqual([1, 3])
    await server.clock.advance(60 * second)
    server.client.track('a', {})
    expect(server.notices.error).toHaveLength(2)
  })
})

test.each([
  ['token', 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs', 'a secret token, hw_sec_…'],
  ['token', undefined, 'a secret token, hw_sec_…'],
  ['endpoint', 'collect', 'an absolute http(s) URL'],
  ['batchSize', 501, 'a whole number from 1 to 500'],
  ['flushIntervalMs', 0, 'a whole number from 1 to 3600000'],
  ['maxQueueEvents', 1.5, 'a whole number from 1 to'],
  ['maxQueueBytes', '10', 'a whole number from 1 to'],
  ['beforeSend', {}, 'a function'],
  ['fetch', null, 'a function'],
])('createClient refuses %s %j', (option, value, rule) => {
  const options: Partial<ServerOptions> = { [option]: value }
  expect(() => openServer(options)).toThrow(`createClient: \`${option}\` must be ${rule}`)
})

test('no message shows the secret part of a token', () => {
  const token = 'hw_sec_abcd1234_0123456789abcdefghjkmnpqrs!'
  expect(() => openServer({ token })).toThrow("got 'hw_sec_abcd1234_…")
})
