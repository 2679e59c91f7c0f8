/** Jobs in steps: what a step that fails, a crash and a second worker leave. */
import type { Db } from '@headwater/db/db'
import { migrate } from '@headwater/db/migrate'
import { createSignal, onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { addJob, addJobOnce, createJobWork, type DoStep, findJob, listJobs } from './background-jobs.ts'

onBothDatabases((open) => {
  let db: Db
  const errors: unknown[] = []
  beforeAll(async () => {
    db = await open()
    await migrate(db)
    await db.query(`insert into organizations (name, slug) values ('o', 'o')`)
    await db.query(`insert into accounts (organization_id, name, slug) values (1, 'a', 'a')`)
    await db.query(
      `insert into websites (organization_id, account_id, key, name, url) values (1, 1, 'k', 'w', 'https://w.example')`,
    )
  })
  beforeEach(async () => {
    errors.length = 0
    await db.query('delete from background_jobs')
  })
  afterAll(() => db.close())

  const add = (kind = 'count', input: object = {}) => addJob(db, { websiteId: '1', kind, input })
  const workOf = (kinds: Record<string, DoStep>) =>
    createJobWork({ db, kinds, onError: (error) => errors.push(error) })
  /** As if the pauses of all jobs were over. */
  const passPauses = () => db.query(`update background_jobs set run_at = now() - interval '1 second'`)
  const pausesOf = (kind: string) =>
    db.query<{ pause: number; attempts: number }>(
      `select round(date_part('epoch', run_at - updated_at))::float8 as pause, attempts from background_jobs where kind = '${kind}'`,
    )

  /** Counts to 3, one a step. */
  const countTo3: DoStep = async (_tx, { position }) => {
    const counted = ((position as { counted: number } | null)?.counted ?? 0) + 1
    return { position: counted < 3 ? { counted } : undefined, done: 1, total: 3 }
  }

  it('a job is done step by step, each beginning where the one before ended', async () => {
    const id = await add()
    const work = workOf({ count: countTo3 })
    const seen: unknown[] = []
    for (let more = true; more; ) {
      more = await work()
      const { status, done, total } = (await findJob(db, '1', id)) ?? {}
      seen.push([more, status, done, total])
    }
    expect(seen).toEqual([
      [true, 'waiting', 1, 3],
      [true, 'waiting', 2, 3],
      [true, 'done', 3, 3],
      [false, 'done', 3, 3],
    ])
  })

  it('a job that is added once is the one that waits, also when several add it at the same time', async () => {
    const once = (kind = 'count') =>
      db.transaction((tx) => addJobOnce(tx, { websiteId: '1', kind, input: {} }))
    const ids = await Promise.all([once(), once(), once()])
    expect(new Set(ids).size).toBe(1)
    expect(ids).not.toContain(await once('other'))
    const work = workOf({ count: countTo3 })
    while (await work());
    expect(ids).not.toContain(await once())
  })

  it('a job that is done keeps what it came to', async () => {
    const id = await add()
    const work = workOf({
      async count(_tx, { position }) {
        return position === null ? { position: { at: 1 }, done: 1 } : { done: 1, result: { made: 2 } }
      },
    })
    await work()
    expect(await findJob(db, '1', id)).toMatchObject({ status: 'waiting', result: null })
    await work()
    expect(await findJob(db, '1', id)).toMatchObject({ status: 'done', result: { made: 2 } })
  })

  it('the latest jobs of a website are listed, the newest first', async () => {
    const ids: string[] = []
    for (let i = 0; i < 12; i++) ids.push(await add()) // also where a text compares 9 with 10
    expect((await listJobs(db, '1', 11)).map(({ id }) => id)).toEqual(ids.slice(1).reverse())
    expect(await listJobs(db, '2', 2)).toEqual([])
  })

  it('a step gets the input of its job', async () => {
    const inputs: unknown[] = []
    await add('count', { rule: '7' })
    await workOf({
      async count(_tx, { websiteId, kind, input, position }) {
        inputs.push({ websiteId, kind, input, position })
        return { done: 0 }
      },
    })()
    expect(inputs).toEqual([{ websiteId: '1', kind: 'count', input: { rule: '7' }, position: null }])
  })

  it('jobs take turns, and one of an unknown kind waits', async () => {
    const [first, other] = [await add(), await add('unknown')]
    const second = await add()
    const order: string[] = []
    const work = workOf({
      count(tx, job) {
        order.push(job.id)
        return countTo3(tx, job)
      },
    })
    while (await work());
    expect(order).toEqual([first, second, first, second, first, second])
    expect(await findJob(db, '1', other)).toMatchObject({ status: 'waiting', done: 0 })
  })

  it('a step may ask for a pause before the next one', async () => {
    await add()
    const work = workOf({ count: async () => ({ position: 1, done: 0, afterMs: 60_000 }) })
    expect([await work(), await work()]).toEqual([true, false])
    expect(await pausesOf('count')).toEqual([{ pause: 60, attempts: 0 }])
  })

  it('a step that fails leaves nothing, is repeated after a pause that doubles, and does not stop other jobs', async () => {
    const [id, other] = [await add('poison'), await add()]
    const poison: DoStep = async (tx) => {
      await tx.query(`insert into credit_queue (website_id, customer_id, reason) values (1, 1, 'merge')`)
      throw new Error('This step always fails.')
    }
    const work = workOf({ poison, count: countTo3 })
    while (await work());
    expect(await findJob(db, '1', other)).toMatchObject({ status: 'done' })
    expect(await findJob(db, '1', id)).toMatchObject({ status: 'waiting', error: 'This step always fails.' })
    const seen = [await pausesOf('poison')]
    for (let i = 0; i < 2; i++) {
      await passPauses()
      await work()
      seen.push(await pausesOf('poison'))
    }
    expect(seen.flat()).toEqual([
      { pause: 1, attempts: 1 },
      { pause: 2, attempts: 2 },
      { pause: 4, attempts: 3 },
    ])
    expect([errors.length, await db.query('select id from credit_queue')]).toEqual([3, []])
  })

  it('a step that works again makes the job forget its failures', async () => {
    const id = await add()
    let failures = 2
    const work = workOf({
      async count() {
        if (failures-- > 0) throw new Error('Not yet.')
        return { position: 1, done: 1 }
      },
    })
    for (let i = 0; i < 3; i++) {
      await work()
      await passPauses()
    }
    expect(await findJob(db, '1', id)).toMatchObject({ done: 1, error: null })
    expect(await db.query('select attempts from background_jobs')).toEqual([{ attempts: 0 }])
  })

  it('after 10 failures in a row a job stays failed', async () => {
    const id = await add()
    const work = workOf({ count: () => Promise.reject(new Error('No.')) })
    for (let i = 0; i < 12; i++) {
      await work()
      await passPauses()
    }
    expect(await findJob(db, '1', id)).toMatchObject({ status: 'failed', error: 'No.' })
    expect(errors).toHaveLength(10)
  })

  it('a failure says nothing about a job that another worker has finished meanwhile', async () => {
    const id = await add()
    const finish = workOf({ count: async () => ({ done: 1 }) })
    const late = createJobWork({
      db: {
        ...db,
        async query(sql, params) {
          await finish() // after the roll back, and before the failure is recorded
          return db.query(sql, params)
        },
      },
      kinds: { count: () => Promise.reject(new Error('Too slow.')) },
      onError: (error) => errors.push(error),
    })
    await late()
    expect(await findJob(db, '1', id)).toMatchObject({ status: 'done', done: 1, error: null })
  })

  it('a crash between two steps repeats nothing', async () => {
    const id = await add()
    const counted: unknown[] = []
    const kinds: Record<string, DoStep> = {
      count(tx, job) {
        counted.push(job.position)
        return countTo3(tx, job)
      },
    }
    await workOf(kinds)()
    while (await workOf(kinds)()); // another process
    expect(counted).toEqual([null, { counted: 1 }, { counted: 2 }])
    expect(await findJob(db, '1', id)).toMatchObject({ status: 'done', done: 3 })
  })

  it('a crash during a step undoes all of it', async () => {
    const id = await add()
    const crashing = createJobWork({
      db: {
        ...db,
        transaction: (work) =>
          db.transaction(async (tx) => {
            await work(tx)
            throw new Error('The process was killed before the commit.')
          }),
        query: () => Promise.reject(new Error('The process is gone.')),
      },
      kinds: { count: countTo3 },
      onError: (error) => errors.push(error),
    })
    await expect(crashing()).rejects.toThrow('killed before the commit')
    expect(await findJob(db, '1', id)).toMatchObject({ status: 'waiting', done: 0, error: null })
    while (await workOf({ count: countTo3 })());
    expect(await findJob(db, '1', id)).toMatchObject({ status: 'done', done: 3 })
  })

  it('two workers never do one step twice', async () => {
    const ids = [await add(), await add(), await add()]
    const steps: string[] = []
    const kinds: Record<string, DoStep> = {
      count(tx, job) {
        steps.push(`${job.id} ${JSON.stringify(job.position)}`)
        return countTo3(tx, job)
      },
    }
    const drain = async () => {
      const work = workOf(kinds)
      while (await work());
    }
    await Promise.all([drain(), drain()])
    while (await workOf(kinds)()); // one of them may have found all jobs locked
    expect([steps.length, new Set(steps).size]).toEqual([9, 9])
    for (const id of ids) expect(await findJob(db, '1', id)).toMatchObject({ status: 'done', done: 3 })
  })

  it('a job that is being worked on is skipped, not waited for', async () => {
    await add()
    const [started, mayEnd] = [createSignal(), createSignal()]
    const slow = workOf({
      async count() {
        started.give()
        await mayEnd.given
        return { done: 1 }
      },
    })()
    await started.given
    const other = workOf({ count: countTo3 })()
    mayEnd.give()
    expect(await Promise.all([slow, other])).toEqual([true, false])
  })

  it('a job that is added in a transaction that rolls back was never there', async () => {
    await db
      .transaction(async (tx) => {
        await addJob(tx, { websiteId: '1', kind: 'count', input: {} })
        throw new Error('The change failed.')
      })
      .catch(() => {
        // On purpose.
      })
    expect(await workOf({ count: countTo3 })()).toBe(false)
  })

  it('a website sees only its own jobs', async () => {
    const id = await add()
    expect(await findJob(db, '2', id)).toBeUndefined()
  })
})
