/** How a connection to PostgreSQL ends: at once, for every caller, and permanently. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import { freePort } from '@headwater/testkit/postgres'
import { startTcpProxy, type TcpProxy, type TcpProxyOptions } from '@headwater/testkit/tcp-proxy'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { ConnectionError, createConnect, type PostgresConnection } from './postgres-connection.ts'
import { pidOf } from './testing.ts'
import { TimeLimitError } from './time-limit.ts'

let direct: URL
beforeAll(async () => {
  direct = new URL(await freshPostgresUrl())
})

/** A proxy in front of the server, and its URL. */
async function intercept(options?: TcpProxyOptions): Promise<{ proxy: TcpProxy; url: URL }> {
  const proxy = await startTcpProxy(Number(direct.port), options)
  onTestFinished(() => proxy.close())
  const url = new URL(direct)
  url.port = `${proxy.port}`
  return { proxy, url }
}

async function open(url: URL | string, limitMs?: number): Promise<PostgresConnection> {
  const connection = await createConnect(`${url}`, { limitMs })()
  onTestFinished(() => connection.close())
  return connection
}

/** Sends a slow statement, and resolves once the server is running it. */
async function askSlowly(connection: PostgresConnection) {
  const pid = await pidOf(connection)
  const answer = connection.query('select pg_sleep(60)').catch((error: unknown) => error)
  const other = await open(direct)
  const isBusy = () =>
    other.query(`select from pg_stat_activity where pid = $1::integer and wait_event = 'PgSleep'`, [pid])
  await expect.poll(isBusy).toHaveLength(1)
  return { answer, terminate: () => other.query('select pg_terminate_backend($1::integer)', [pid]) }
}

const endings: [name: string, end: (proxy: TcpProxy, terminate: () => unknown) => unknown][] = [
  ['the server closes it', (proxy) => proxy.end()],
  ['it is reset', (proxy) => proxy.reset()],
  ['its server process is terminated', (_, terminate) => terminate()],
]

describe.each([
  ['without TLS', undefined],
  ['with TLS', () => {}],
])('%s', (_, onTls) => {
  const start = async () => {
    const { proxy, url } = await intercept({ onTls })
    if (onTls) url.searchParams.set('sslmode', 'require')
    return { proxy, connection: await open(url) }
  }

  describe.each(endings)('when %s', (_, end) => {
    it('a statement that waits for its answer rejects, and so do those sent after it', async () => {
      const { proxy, connection } = await start()
      const { answer, terminate } = await askSlowly(connection)
      const next = connection.query('select 1').catch((error: unknown) => error)
      await end(proxy, terminate)
      expect(await answer).toBeInstanceOf(ConnectionError)
      expect(await next).toBeInstanceOf(ConnectionError)
    })

    it('it stays closed: later statements are refused, and not sent anywhere', async () => {
      const { proxy, connection } = await start()
      const { answer, terminate } = await askSlowly(connection)
      await end(proxy, terminate)
      await answer
      expect(connection.isOpen()).toBe(false)
      await expect(connection.query('rollback')).rejects.toThrow(ConnectionError)
      expect(proxy.sent()).not.toContain('rollback')
      expect(proxy.taken()).toBe(1)
    })

    it('its end is noticed even if nothing waits', async () => {
      const { proxy, connection } = await start()
      const other = await open(direct)
      const pid = await pidOf(connection)
      await end(proxy, () => other.query('select pg_terminate_backend($1::integer)', [pid]))
      await expect.poll(connection.isOpen).toBe(false)
    })
  })

  it('a statement at the same moment as the end is refused', async () => {
    const { proxy, connection } = await start()
    const answers = ['select 1', 'select 2'].map((text) => connection.query(text))
    connection.destroy(new TimeLimitError('late'))
    for (const answer of answers) await expect(answer).rejects.toThrow('late')
    await expect.poll(proxy.open).toBe(0)
  })
})

it('work that waits for something else ends with its connection', async () => {
  const connection = await open(direct)
  const work = connection.unlessLost(new Promise(() => {}))
  connection.destroy(new Error('gone'))
  await expect(work).rejects.toThrow('gone')
})

it('an error of the server leaves the connection open', async () => {
  const connection = await open(direct)
  await expect(connection.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' })
  expect(await connection.query('select 1 as one')).toEqual([{ one: 1 }])
})

/** What PostgreSQL answers to a new connection while it starts. */
const startingUp = (() => {
  const fields = ['SFATAL', 'VFATAL', 'C57P03', 'Mthe database system is starting up', ''].join('\0')
  const head = Buffer.from('E____')
  head.writeInt32BE(4 + fields.length + 1, 1)
  return Buffer.concat([head, Buffer.from(`${fields}\0`)])
})()

describe('opening a connection', () => {
  it('is tried once if the server ends it at once', async () => {
    const { proxy, url } = await intercept({ greet: 'end' })
    await expect(open(url)).rejects.toThrow('closed it before it could be used')
    expect(proxy.taken()).toBe(1)
  })

  it('rejects with the message of a server that is starting', async () => {
    const { url } = await intercept({ greet: startingUp })
    await expect(open(url)).rejects.toMatchObject({ code: '57P03' })
  })

  it('rejects with the code of the system if nothing listens', async () => {
    await expect(open(`postgres://127.0.0.1:${await freePort()}/`)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
  })

  it('has a time limit if nothing answers', async () => {
    const { url } = await intercept({ greet: 'silence' })
    await expect(open(url, 50)).rejects.toThrow(TimeLimitError)
  })

  it('tries the next host if one does not accept it', async () => {
    const hosts = `127.0.0.1:${await freePort()},127.0.0.1:${direct.port}`
    expect(await pidOf(await open(`${direct}`.replace(direct.host, hosts)))).toBeGreaterThan(0)
  })

  it('tries the next host if one is read-only and the URL asks for a primary', async () => {
    const readOnly = new URL(direct)
    readOnly.searchParams.set('target_session_attrs', 'read-only')
    await expect(open(readOnly)).rejects.toThrow('CONNECTION_DESTROYED')
    readOnly.searchParams.set('target_session_attrs', 'read-write')
    expect(await pidOf(await open(readOnly))).toBeGreaterThan(0)
  })

  it('continues without TLS if the server has none and sslmode only prefers it', async () => {
    const url = new URL(direct)
    url.searchParams.set('sslmode', 'prefer')
    expect(await pidOf(await open(url))).toBeGreaterThan(0)
    url.searchParams.set('sslmode', 'require')
    await expect(open(url)).rejects.toThrow('does not offer TLS')
  })

  it('rejects if the server ends the connection instead of answering the TLS request', async () => {
    const { url } = await intercept({ greet: 'end' })
    url.searchParams.set('sslmode', 'require')
    await expect(open(url)).rejects.toThrow('closed the connection when it was asked for TLS')
  })

  it('takes the folder of a Unix socket from PGHOST', async () => {
    const folder = await temporaryFolder()
    const gate = createServer((client) => client.pipe(connect(Number(direct.port))).pipe(client))
    await once(gate.listen(`${folder}/.s.PGSQL.5432`), 'listening')
    onTestFinished(() => void gate.close())
    vi.stubEnv('PGHOST', folder)
    vi.stubEnv('PGUSER', 'postgres')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await pidOf(await open(`postgres://${direct.pathname}`))).toBeGreaterThan(0)
  })

  it('passes the host name to TLS, and refuses an untrusted certificate when it is to be verified', async () => {
    const names: string[] = []
    const { url } = await intercept({ onTls: (name) => names.push(name) })
    url.hostname = 'localhost'
    url.searchParams.set('sslmode', 'verify-full')
    await expect(open(url)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(names).toEqual(['localhost'])
  })
})

it('closing a connection ends it in an orderly way, and resolves when both sides have closed', async () => {
  const { proxy, url } = await intercept()
  const connection = await open(url)
  await connection.close()
  expect(proxy.sent().endsWith('X\0\0\0\x04')).toBe(true)
  await expect.poll(proxy.open).toBe(0)
  await expect(connection.query('select 1')).rejects.toThrow('has been closed')
})

/**
 * The connection relies on four behaviours of the driver. When its version changes, read its connection.js and index.js again:
 *
 * - a client with `max: 1` takes `begin` as an ordinary statement, and keeps the order of statements;
 * - it calls `socket` whenever it connects, and rejects the statement it connects for when that throws;
 * - it calls `onclose` when a connection ends that was in use;
 * - with neither `connect_timeout` nor `max_lifetime` it starts no timers.
 *
 * Check also whether porsager/postgres#1209 and #1215 are merged: then a client can be used again after a loss.
 */
it('the driver has the version that the connection was written for', () => {
  const entry = createRequire(import.meta.url).resolve('postgres') // cjs/src/index.js
  const { version } = JSON.parse(readFileSync(entry.replace(/cjs\/src\/index\.js$/, 'package.json'), 'utf8'))
  expect(version).toBe('3.4.9')
})
