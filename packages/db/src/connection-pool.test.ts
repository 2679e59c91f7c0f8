/** Which caller gets which connection, and that the pool never loses a place. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Connection, createConnectionPool } from './connection-pool.ts'
import { createLife } from './life.ts'
import { TimeLimitError } from './time-limit.ts'

interface FakeConnection extends Connection {
  name: number
  end: 'none' | 'lost' | 'closed'
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A pool of fake connections, named in the order in which they are opened. */
function start({ size = 2 } = {}) {
  const opened: FakeConnection[] = []
  const clock = { now: 0 }
  const refusals: Error[] = []
  const connect = async () => {
    const refusal = refusals.shift()
    if (refusal) throw refusal
    const connection = createFakeConnection(opened.length)
    opened.push(connection)
    return connection
  }
  const pool = createConnectionPool({ size, connect, maxAgeMs: 1_000, now: () => clock.now })
  return { pool, opened, clock, refusals }
}

function createFakeConnection(name: number): FakeConnection {
  const life = createLife()
  const connection: FakeConnection = {
    name,
    end: 'none',
    isOpen: life.goesOn,
    unlessLost: life.during,
    destroy(reason) {
      connection.end = 'lost'
      life.end(reason)
    },
    async close() {
      connection.end = 'closed'
      life.end(new Error('closed'))
    },
  }
  return connection
}

const nameOf = async ({ name }: FakeConnection) => name

/** Work that the test ends. */
function createWork<Result>() {
  let end: (result: Result) => void = () => {}
  const result = new Promise<Result>((resolve) => {
    end = resolve
  })
  return { work: () => result, end }
}

describe('a pool', () => {
  it('opens one connection for callers who come one after the other', async () => {
    const { pool, opened } = start()
    for (let i = 0; i < 5; i += 1) expect(await pool.use(nameOf)).toBe(0)
    expect(opened).toHaveLength(1)
  })

  it('never shares a connection between callers, nor lets in more callers than it has places', async () => {
    const { pool, opened } = start({ size: 2 })
    const { work, end } = createWork()
    const busy = [pool.use(work), pool.use(work)]
    const waiting = pool.use(nameOf)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(opened).toHaveLength(2)
    end(undefined)
    await Promise.all(busy)
    expect(await waiting).toBeLessThan(2)
  })

  it('serves waiting callers in the order of their requests', async () => {
    const { pool } = start({ size: 1 })
    const served: number[] = []
    await Promise.all([1, 2, 3].map((caller) => pool.use(async () => void served.push(caller))))
    expect(served).toEqual([1, 2, 3])
  })

  it('rejects when no connection can be opened, and tries again for the next caller', async () => {
    const { pool, refusals } = start({ size: 1 })
    refusals.push(new Error('refused'))
    const [first, second] = [pool.use(nameOf), pool.use(nameOf)]
    await expect(first).rejects.toThrow('refused')
    expect(await second).toBe(0)
  })

  it('replaces a connection that was lost in use', async () => {
    const { pool } = start({ size: 1 })
    const lost = pool.use(async (connection) => {
      connection.destroy(new Error('lost'))
      await new Promise(() => {})
    })
    await expect(lost).rejects.toThrow('lost')
    expect(await pool.use(nameOf)).toBe(1)
  })

  it('replaces a connection that was lost while idle', async () => {
    const { pool, opened } = start({ size: 1 })
    await pool.use(nameOf)
    opened[0]?.destroy(new Error('lost'))
    expect(await pool.use(nameOf)).toBe(1)
  })

  it('keeps a connection whose work failed', async () => {
    const { pool } = start({ size: 1 })
    await expect(pool.use(() => Promise.reject(new Error('data')))).rejects.toThrow('data')
    expect(await pool.use(nameOf)).toBe(0)
  })

  it('closes a connection that has become too old, after its use', async () => {
    const { pool, opened, clock } = start({ size: 1 })
    await pool.use(nameOf)
    clock.now = 1_001
    expect(await pool.use(nameOf)).toBe(0)
    expect(await pool.use(nameOf)).toBe(1)
    expect(opened[0]?.end).toBe('closed')
  })

  it('neither opens a connection nor starts the work for a caller that has given up', async () => {
    const { pool, opened } = start({ size: 1 })
    const work = vi.fn(nameOf)
    await expect(pool.use(work, { isOver: () => true })).rejects.toThrow(TimeLimitError)
    expect(work).not.toHaveBeenCalled()
    expect(opened).toHaveLength(0)
    expect(await pool.use(nameOf)).toBe(0)
  })

  it('destroys a connection that is in use for too long, and gives its place to the next caller', async () => {
    const { pool } = start({ size: 1 })
    const stuck = pool
      .use(() => new Promise(() => {}), { patienceMs: 10_000 })
      .catch((error: unknown) => error)
    const next = pool.use(nameOf)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await stuck).toBeInstanceOf(TimeLimitError)
    expect(await next).toBe(1)
  })
})

describe('a pool that is closed', () => {
  it('finishes running and waiting work, closes its connections and accepts no more work', async () => {
    const { pool, opened } = start({ size: 1 })
    const { work, end } = createWork<string>()
    const [busy, waiting] = [pool.use(work), pool.use(nameOf)]
    const closed = pool.close()
    await expect(pool.use(nameOf)).rejects.toThrow('has been closed')
    end('done')
    expect([await busy, await waiting]).toEqual(['done', 0])
    await Promise.all([closed, pool.close()])
    expect(opened.map((connection) => connection.end)).toEqual(['closed'])
  })

  it('waits 3 s at most, then destroys connections still in use', async () => {
    const { pool, opened } = start({ size: 2 })
    const { work } = createWork()
    const stuck = pool.use(work).catch((error: unknown) => error)
    await pool.use(nameOf)
    const closed = pool.close()
    await vi.advanceTimersByTimeAsync(3_000)
    await closed
    expect(await stuck).toBeInstanceOf(TimeLimitError)
    expect(opened.map((connection) => connection.end)).toEqual(['lost', 'closed'])
  })
})
