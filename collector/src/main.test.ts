import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { migrate } from '@headwater/db/migrate'
import { createPostgresDb } from '@headwater/db/postgres'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Config, readConfig } from './config.ts'
import { type DevFile, devFile } from './dev/development.ts'
import { type Collector, startCollector } from './main.ts'
import { createSdkFiles } from './sdk-files.ts'

const pepper = 'a pepper for tests, long enough to be one'

describe.each(['PGlite', 'PostgreSQL 15'])('a collector on %s', (kind) => {
  let config: Config
  let collector: Collector | undefined

  beforeEach(async () => {
    const HEADWATER_DATA_DIR = `${await temporaryFolder()}/data`
    const database =
      kind === 'PGlite' ? {} : { DATABASE_URL: await freshPostgresUrl(), HEADWATER_PEPPER: pepper }
    config = readConfig({ PORT: '0', HEADWATER_DATA_DIR, ...database })
  })
  afterEach(async () => {
    await collector?.stop()
    collector = undefined
  })

  const get = async (path: string, init?: RequestInit) => fetch(`${collector?.url}${path}`, init)

  it('in development serves a start page and a demo shop with its token, and writes dev.json', async () => {
    collector = await startCollector({ config, mode: 'dev' })
    const file = JSON.parse(await readFile(devFile(config), 'utf8')) as DevFile
    expect(file.url).toBe(collector.url)
    expect(await (await get('/')).text()).toContain('<title>')
    const shop = await (await get('/demo/products/fell-mug')).text()
    expect(shop).toContain(`data-token="${file.public_token}"`)
    expect(shop).not.toContain(file.secret_token)
    const events = [
      { idempotency_key: 'k', type: 'track', name: 'x', occurred_at: new Date().toISOString(), user_id: 'u' },
    ]
    const headers = { authorization: `Bearer ${file.secret_token}` }
    const sent = await get('/v1/batch', { method: 'POST', headers, body: JSON.stringify({ v: 1, events }) })
    expect(await sent.json()).toMatchObject({ accepted: 1 })
    expect(await (await get('/dev/state')).json()).toMatchObject({
      website: { fixed_tag: expect.stringContaining(`${collector.url}/sdk-`) },
      totals: { events: 1 },
      events: [{ name: 'x', verdict: 'accepted' }],
    })
  })

  it('in development keeps its tokens across a restart', async () => {
    const tokens = async () => {
      collector = await startCollector({ config, mode: 'dev' })
      const { public_token, secret_token } = JSON.parse(await readFile(devFile(config), 'utf8')) as DevFile
      await collector.stop()
      collector = undefined
      return { public_token, secret_token }
    }
    expect(await tokens()).toEqual(await tokens())
  })

  it('accepts 37 kB of headers: a long user agent and first-party cookies', async () => {
    collector = await startCollector({ config, mode: 'dev' })
    const { public_token } = JSON.parse(await readFile(devFile(config), 'utf8')) as DevFile
    const events = [
      { idempotency_key: 'k', type: 'track', name: 'x', occurred_at: new Date().toISOString(), user_id: 'u' },
    ]
    const headers = {
      authorization: `Bearer ${public_token}`,
      'user-agent': 'a'.repeat(20_000),
      cookie: `b=${'c'.repeat(17_000)}`,
    }
    const sent = await get('/v1/batch', { method: 'POST', headers, body: JSON.stringify({ v: 1, events }) })
    expect(await sent.json()).toMatchObject({ accepted: 1 })
  })

  it('in serve mode refuses a database without the schema, and releases it', async () => {
    await expect(startCollector({ config, mode: 'serve' })).rejects.toThrow('Run `headwater migrate` first')
    collector = await startCollector({ config, mode: 'dev' }) // fails while the folder is locked
  })

  it('in serve mode has no start page, is ready, and serves the SDK with an ETag', async () => {
    if (config.databaseUrl) await migrateOnce(config.databaseUrl)
    else await (await startCollector({ config, mode: 'dev' })).stop()
    collector = await startCollector({ config, mode: 'serve' })
    const statuses = await Promise.all(
      ['/', '/demo', '/dev/state', '/healthz', '/readyz'].map(async (path) => (await get(path)).status),
    )
    expect(statuses).toEqual([404, 404, 404, 200, 200])
    const script = await get('/sdk.js')
    expect([script.status, script.headers.get('content-type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ])
    const again = await get('/sdk.js', { headers: { 'if-none-match': script.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
    expect((await get(`/sdk-${createSdkFiles().version}.js`)).headers.get('cache-control')).toContain(
      'immutable',
    )
  })

  it('releases everything if the port is in use', async () => {
    collector = await startCollector({ config, mode: 'dev' })
    const port = Number(new URL(collector.url).port)
    const other = { ...config, port, dataDir: `${config.dataDir}-2` }
    await expect(startCollector({ config: other, mode: 'dev' })).rejects.toThrow('EADDRINUSE')
    expect(existsSync(`${other.dataDir}/headwater.lock`)).toBe(false)
  })
})

async function migrateOnce(url: string): Promise<void> {
  const db = createPostgresDb({ url })
  await migrate(db)
  await db.close()
}
