/** What callers see when connections to PostgreSQL are lost: a quick error, and a database that works again. */
import { freshPostgresUrl } from '@headwater/testkit/databases'
import { startTcpProxy, type TcpProxy } from '@headwater/testkit/tcp-proxy'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Db, Queries } from './db.ts'
import { createPostgresDb, type PostgresLimits } from './postgres.ts'
import { ConnectionError } from './postgres-connection.ts'
import { createSignal, pidOf, places, useAllPlaces } from './testing.ts'
import { TimeLimitError } from './time-limit.ts'

let url: string
let observer: Db

beforeEach(async () => {
  url = await freshPostgresUrl()
  observer = open(url)
  await observer.query('create table notes (text text)')
})

function open(at: string, limits?: PostgresLimits): Db {
  const db = createPostgresDb({ url: at, limits })
  onTestFinished(() => db.close())
  return db
}

async function openBehindProxy(limits?: PostgresLimits): Promise<{ proxy: TcpProxy; db: Db }> {
  const at = new URL(url)
  const proxy = await startTcpProxy(Number(at.port))
  onTestFinished(() => proxy.close())
  at.port = `${proxy.port}`
  return { proxy, db: open(at.href, limits) }
}

const terminate = (pid: number) => observer.query('select pg_terminate_backend($1::integer)', [pid])

const notes = async () =>
  (await observer.query<{ text: string }>('select text from notes order by text')).map(({ text }) => text)

const note = (queries: Queries, text: string) => queries.query('insert into notes values ($1)', [text])

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: unknown) => error,
  )

describe('a transaction whose connection is lost', () => {
  it('rejects at once, even if its work waits for something else', async () => {
    const db = open(url)
    const failure = await failureOf(
      db.transaction(async (tx) => {
        await terminate(await pidOf(tx))
        await new Promise(() => {})
      }),
    )
    expect(failure).toBeInstanceOf(ConnectionError)
  })

  it('never continues inside another transaction', async () => {
    const db = open(url)
    const othersHaveBegun = createSignal()
    const deadHasTried = createSignal()
    let begun = 0
    let late: unknown
    const dead = failureOf(
      db.transaction(async (tx) => {
        await note(tx, 'dead, before')
        await terminate(await pidOf(tx))
        await othersHaveBegun.given
        late = await failureOf(note(tx, 'dead, after'))
        deadHasTried.give()
      }),
    )
    await dead
    const others = Array.from({ length: places }, (_, i) =>
      failureOf(
        db.transaction(async (tx) => {
          await note(tx, `undone ${i}`)
          begun += 1
          if (begun === places) othersHaveBegun.give()
          await deadHasTried.given
          await note(tx, `undone ${i} too`)
          throw new Error('undone')
        }),
      ),
    )
    expect(await Promise.all(others)).toEqual(others.map(() => new Error('undone')))
    expect(late).toBeInstanceOf(Error)
    expect(await notes()).toEqual([])
  })

  it('neither passes its error to the next one nor makes a place unusable', async () => {
    const db = open(url)
    for (let round = 0; round < 2 * places; round += 1) {
      const lost = db.transaction(async (tx) => {
        const pid = await pidOf(tx)
        await Promise.all([tx.query('select pg_sleep(60)'), tx.query('select 1'), terminate(pid)])
      })
      expect(await failureOf(lost)).toBeInstanceOf(ConnectionError)
    }
    expect(await useAllPlaces(db)).toHaveProperty('size', places)
  })

  it('may await its statements one by one or not at all, without an unhandled rejection', async () => {
    const db = open(url)
    const failure = await failureOf(
      db.transaction(async (tx) => {
        const pid = await pidOf(tx)
        void tx.query('select pg_sleep(60)')
        void tx.query('select 1')
        await terminate(pid)
        await tx.query('select 2')
      }),
    )
    expect(failure).toBeInstanceOf(ConnectionError)
  })
})

describe('a transaction', () => {
  it('in which a statement failed is rolled back and rejects, even if its work continued', async () => {
    const db = open(url)
    const failure = await failureOf(
      db.transaction(async (tx) => {
        await note(tx, 'before')
        await failureOf(tx.query('select 1 / 0'))
      }),
    )
    expect(failure).toMatchObject({ code: '22012' })
    expect(await notes()).toEqual([])
  })

  it('rejects with the error of the statement that failed, not with that of a later one', async () => {
    const db = open(url)
    const failure = await failureOf(
      db.transaction(async (tx) => {
        void tx.query('select 1 / 0')
        await tx.query('select 1')
      }),
    )
    expect(failure).toMatchObject({ code: '22012' })
  })

  it('refuses statements after its end', async () => {
    const db = open(url)
    const transactions: Queries[] = []
    await db.transaction(async (tx) => void transactions.push(tx))
    for (const tx of transactions) await expect(note(tx, 'late')).rejects.toThrow('has ended')
    expect(await notes()).toEqual([])
  })

  it('is not committed after its time limit, and returns its connection', async () => {
    const db = open(url, { callMs: 50, patienceMs: 10_000 })
    const goOn = createSignal()
    let late: unknown
    const failure = await failureOf(
      db.transaction(async (tx) => {
        await note(tx, 'late')
        await goOn.given
        late = await failureOf(note(tx, 'later'))
      }),
    )
    expect(failure).toBeInstanceOf(TimeLimitError)
    goOn.give()
    await expect.poll(() => late).toBeInstanceOf(Error)
    expect(await notes()).toEqual([])
  })
})

describe('a server that stops answering', () => {
  it('makes calls fail at their time limit, but not the calls that come later', async () => {
    const { proxy, db } = await openBehindProxy({ callMs: 500, patienceMs: 600 })
    await useAllPlaces(db)
    const before = proxy.taken()
    proxy.freeze()
    const calls = Array.from({ length: 3 * places }, () => failureOf(db.query('select 1')))
    for (const failure of await Promise.all(calls)) expect(failure).toBeInstanceOf(TimeLimitError)
    proxy.thaw()
    const usable = () => useAllPlaces(db).catch(() => new Set())
    await expect.poll(usable, { timeout: 10_000 }).toHaveProperty('size', places)
    expect(proxy.taken()).toBeGreaterThanOrEqual(before + places)
  })
})

describe('a database that is closed', () => {
  it('finishes running work, then refuses more', async () => {
    const db = createPostgresDb({ url })
    const goOn = createSignal()
    const work = db.transaction(async (tx) => {
      await goOn.given
      await note(tx, 'kept')
    })
    const closed = db.close()
    await expect(db.query('select 1')).rejects.toThrow('has been closed')
    goOn.give()
    await Promise.all([work, closed])
    expect(await notes()).toEqual(['kept'])
  })
})
