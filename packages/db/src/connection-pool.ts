/** Shares a bounded number of connections: each is used by one caller at a time, and replaced when it is lost. */
import { TimeLimitError, withTimeLimit } from './time-limit.ts'

export interface Connection {
  isOpen(): boolean
  unlessLost<Result>(work: Promise<Result>): Promise<Result>
  destroy(reason: Error): void
  close(): Promise<void>
}

export interface UseOptions {
  /** Whether no one waits for the work any more. Then it is not started. */
  isOver?(): boolean
  /** Work that holds a connection for longer loses it, and its place is free again. Default: no limit. */
  patienceMs?: number
}

export interface ConnectionPool<C extends Connection> {
  /** Runs the work on a connection with no other user. Rejects when none can be opened, or when it is lost. */
  use<Result>(work: (connection: C) => Promise<Result>, options?: UseOptions): Promise<Result>
  /** Waits for running work, 3 s at most, then closes the connections. */
  close(): Promise<void>
}

export interface PoolOptions<C extends Connection> {
  size: number
  connect(): Promise<C>
  /** A connection older than this is replaced after use. */
  maxAgeMs: number
  /** Epoch ms. */
  now(): number
}

/** No caller waits longer than this for the database. */
const closeLimitMs = 3_000

export function createConnectionPool<C extends Connection>(options: PoolOptions<C>): ConnectionPool<C> {
  const { size, connect, maxAgeMs, now } = options
  const places = createPlaces(size)
  const openedAt = new Map<C, number>()
  const idle: C[] = []
  let closing: Promise<void> | undefined
  let isClosed = false

  async function open(): Promise<C> {
    const connection = await connect()
    openedAt.set(connection, now())
    return connection
  }
  /** The most recently used one, so that an idle collector keeps few. */
  function takeIdle(): C | undefined {
    for (let connection = idle.pop(); connection; connection = idle.pop()) {
      if (connection.isOpen()) return connection
      openedAt.delete(connection)
    }
  }
  function giveBack(connection: C): void {
    const isOld = now() - (openedAt.get(connection) ?? 0) > maxAgeMs
    if (connection.isOpen() && !isOld && !isClosed) {
      idle.push(connection)
      return
    }
    openedAt.delete(connection)
    if (connection.isOpen()) void connection.close()
  }

  async function letGo(): Promise<void> {
    const allPlaces = Promise.all(Array.from({ length: size }, places.take))
    await withTimeLimit(allPlaces, closeLimitMs).catch((error: TimeLimitError) => {
      for (const connection of openedAt.keys()) if (!idle.includes(connection)) connection.destroy(error)
    })
    isClosed = true
    await Promise.all(idle.splice(0).map((connection) => connection.close()))
  }

  return {
    async use(work, { isOver, patienceMs } = {}) {
      if (closing) throw new Error('The database has been closed.')
      await places.take()
      let connection: C | undefined
      try {
        if (isOver?.())
          throw new TimeLimitError('The time limit has passed while all connections were in use.')
        connection = takeIdle() ?? (await open())
        return await useFor(patienceMs, connection, work)
      } finally {
        if (connection) giveBack(connection)
        places.free()
      }
    },
    close() {
      closing ??= letGo()
      return closing
    },
  }
}

async function useFor<C extends Connection, Result>(
  patienceMs: number | undefined,
  connection: C,
  work: (connection: C) => Promise<Result>,
): Promise<Result> {
  const giveUp = () =>
    connection.destroy(new TimeLimitError(`No answer from the database within ${patienceMs} ms.`))
  const timer = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs)
  try {
    return await connection.unlessLost(work(connection))
  } finally {
    clearTimeout(timer)
  }
}

/** Places for so many at once; others wait in a queue. */
function createPlaces(size: number) {
  const line: (() => void)[] = []
  let free = size
  return {
    async take(): Promise<void> {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => line.push(resolve))
    },
    free(): void {
      const next = line.shift()
      if (next) next()
      else free += 1
    },
  }
}
