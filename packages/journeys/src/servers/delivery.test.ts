/** States that a server's events reach a real collector once each: whoever is killed, whoever shares the spool. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createClient, fromRequest, type ServerOptions } from '@headwater/sdk/node'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import { startTcpProxy } from '@headwater/testkit/tcp-proxy'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const reporter = fileURLToPath(new URL('reporter.mjs', import.meta.url))
let collector: CollectorProcess
let needs: Pick<ServerOptions, 'token' | 'endpoint'>
let sql: postgres.Sql
let runs = 0
const programs: Program[] = []

beforeAll(async () => {
  const folder = await temporaryFolder()
  const databaseUrl = await freshPostgresUrl()
  collector = await startCollectorProcess('dev', {
    DATABASE_URL: databaseUrl,
    HEADWATER_PEPPER: 'a pepper for servers, long enough to be one',
    HEADWATER_DATA_DIR: `${folder}/data`,
  })
  const dev = JSON.parse(readFileSync(`${folder}/dev.json`, 'utf8'))
  needs = { token: dev.secret_token, endpoint: collector.url }
  sql = postgres(databaseUrl)
})
afterAll(async () => {
  for (const { child } of programs) child.kill('SIGKILL')
  await sql?.end()
  await collector?.end('SIGTERM')
})

interface Program {
  child: ChildProcess
  /** The names of the events that it has reported so far. */
  reported(): string[]
  complaints(): string
}

/** Starts a process that reports events whose names begin with `name`. */
function start(options: Partial<ServerOptions> & { name: string; count?: number }): Program {
  const child = spawn(process.execPath, [reporter, JSON.stringify({ ...needs, ...options })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, complaints] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    output += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece) => {
    complaints += piece
  })
  const program: Program = {
    child,
    reported: () =>
      output
        .slice(0, output.lastIndexOf('\n') + 1)
        .trim()
        .split('\n'),
    complaints: () => complaints,
  }
  programs.push(program)
  return program
}

async function kill({ child }: Program): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

/** A prefix for the names of one test. */
const newName = () => `r${++runs}_`

/** The names of stored events with this prefix, each as often as it is stored. */
async function stored(name: string): Promise<string[]> {
  const rows = await sql<
    { name: string }[]
  >`select name from events where name like ${`${name}%`} order by name`
  return rows.map((row) => row.name)
}

/** What this program has reported, and the collector has not stored. */
async function lost(program: Pick<Program, 'reported'>, name: string): Promise<string[]> {
  const names = new Set(await stored(name))
  return program.reported().filter((each) => !names.has(each))
}

/** What is stored more than once. */
async function twice(name: string): Promise<string[]> {
  const names = await stored(name)
  return names.filter((each, index) => each === names[index - 1])
}

const segmentsIn = (spool: string) =>
  readdirSync(spool, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.jsonl'))

describe('with a spool', () => {
  test('a process that is killed again and again loses nothing, and nothing is stored twice', async () => {
    const [spool, name] = [await temporaryFolder(), newName()]
    const reported: string[] = []
    for (let round = 0; round < 5; round++) {
      const program = start({ spool, name: `${name}${round}_` })
      await expect
        .poll(() => program.reported().length, { timeout: 20_000 })
        .toBeGreaterThan(200 + 150 * round)
      await kill(program)
      reported.push(...program.reported())
      expect(program.complaints()).toBe('')
    }
    const last = start({ spool, name: `${name}last_`, count: 1 })
    expect(await once(last.child, 'close')).toEqual([0, null])
    expect([await lost({ reported: () => reported }, name), await twice(name)]).toEqual([[], []])
    expect(segmentsIn(spool)).toEqual([])
  })

  test('what was reported while the collector was away is delivered by the next process', async () => {
    const [spool, name] = [await temporaryFolder(), newName()]
    const away = await startTcpProxy(Number(new URL(collector.url).port), { greet: 'end' })
    // The spool belongs to the website at this address: the proxy keeps it.
    const endpoint = `http://127.0.0.1:${away.port}`
    const program = start({ endpoint, spool, name, count: 300 })
    await once(program.child, 'close')
    expect(await stored(name)).toEqual([])
    expect(segmentsIn(spool).length).toBeGreaterThan(0)
    await away.close()

    const client = createClient({
      ...needs,
      endpoint,
      spool,
      fetch: (url, init) => fetch(url.replace(endpoint, collector.url), init),
    })
    await expect.poll(() => stored(name), { timeout: 10_000 }).toHaveLength(300)
    await client.shutdown()
    expect(segmentsIn(spool)).toEqual([])
  })

  test('two processes share it, one is killed, and the other delivers for both', async () => {
    const [spool, name] = [await temporaryFolder(), newName()]
    const [one, other] = [start({ spool, name: `${name}a_` }), start({ spool, name: `${name}b_` })]
    for (const program of [one, other])
      await expect.poll(() => program.reported().length, { timeout: 20_000 }).toBeGreaterThan(300)
    await kill(one)
    // It looks for ended processes every ten seconds.
    await expect.poll(() => lost(one, name), { timeout: 30_000, interval: 500 }).toEqual([])
    await kill(other)
    const last = start({ spool, name: `${name}last_`, count: 1 })
    await once(last.child, 'close')
    expect([await lost(other, name), await twice(name)]).toEqual([[], []])
  }, 60_000)
})

describe('without a spool', () => {
  test('a program that only reports delivers before it ends', async () => {
    const name = newName()
    const program = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { createClient } from '@headwater/sdk/node'
         createClient(${JSON.stringify(needs)}).track('${name}', { userId: 'u1' })`,
      ],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: 'inherit' },
    )
    expect(await once(program, 'exit')).toEqual([0, null])
    expect(await stored(name)).toEqual([name])
  })

  test('a program ends although the collector is away', async () => {
    const program = start({ endpoint: 'http://127.0.0.1:1', name: newName(), count: 3 })
    await once(program.child, 'close')
    expect(program.complaints()).toContain('"reason":"shut_down","count":3')
  })
})

test('an order on the page of a browser is credited to its session, and its refund takes the credit back', async () => {
  const client = createClient(needs)
  const [anonymousId, sessionId] = [crypto.randomUUID(), crypto.randomUUID()]
  const now = Date.now()
  const cookie = `hw_id=1.${anonymousId}.${sessionId}.${now - 60_000}.${now - 1_000}`
  const visitor = fromRequest(new Request('https://shop.example/', { headers: { cookie } }))
  // The server may be faster than the page, whose events bring the landing.
  client.conversion('order', { ...visitor, id: '7', revenueCents: 4999, currency: 'EUR' })
  await client.flush()
  client.touch('email_click', {
    ...visitor,
    occurredAt: now - 120_000,
    url: 'https://shop.example/?utm_source=newsletter&utm_medium=email',
  })
  client.refund('order', { ...visitor, id: '7', revenueCents: 1000, currency: 'EUR', idempotencyKey: 're_1' })
  client.refund('order', { ...visitor, id: '7', revenueCents: 1000, currency: 'EUR', idempotencyKey: 're_1' })
  client.conversion('order', { ...visitor, id: '7', revenueCents: 4999, currency: 'EUR' }) // the job ran again
  await client.shutdown()

  const values =
    await sql`select value_cents, currency from conversions where conversion_id = '7' order by value_cents`
  expect([...values]).toEqual([
    { value_cents: '-1000', currency: 'EUR' },
    { value_cents: '4999', currency: 'EUR' },
  ])
  const sessions =
    await sql`select is_bot from sessions_tracking where client_session_id::text like ${`%${sessionId}%`}`
  expect([...sessions]).toEqual([{ is_bot: false }])
})
