/** States that the documents are true: their examples run, and what they name exists. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { launchPersistent } from '@headwater/testkit/chromium'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import { freePort } from '@headwater/testkit/postgres'
import type { BrowserContext, Page } from 'playwright-core'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeTab } from './browser/tab.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(repository + path, 'utf8')
const readme = read('README.md')

const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'collector/README.md'],
  ...['sdk/README.md', 'sdk/ERRORS.md', 'sdk/STORAGE.md'],
  ...['docs/concepts.md', 'docs/http-api.md', 'docs/sql.md', 'docs/api-sdk.md'],
  ...['docs/frameworks.md', 'docs/migrate.md', 'docs/troubleshooting.md', 'docs/what-happens-when.md'],
]

/** Code blocks that follow a comment with the path of their example. */
const examplesIn = (text: string) =>
  [...text.matchAll(/<!-- (examples\/\S+) -->\n+```\w+\n([\s\S]*?)```/g)].map(
    ([, path = '', code = '']): [path: string, code: string] => [path, code],
  )
const examples = examplesIn(readme)

/** What the pattern captures at its first match. */
const find = (path: string, pattern: RegExp): string => {
  const found = pattern.exec(read(path))?.[1]
  if (!found) throw new Error(`${path} should have ${pattern}.`)
  return found
}

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '')

/** The anchors that GitHub generates from a document's headings. */
const anchorsOf = (path: string): string[] =>
  [...withoutCode(read(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )

/** The files of this repository by their paths, without what is installed or built. */
const files = walk('')
function walk(folder: string): string[] {
  const entries = readdirSync(repository + folder, { withFileTypes: true })
  return entries
    .filter(({ name }) => !/^(\..*|node_modules|dist)$/.test(name))
    .flatMap((entry) => (entry.isDirectory() ? walk(`${folder}${entry.name}/`) : [folder + entry.name]))
}

describe('README.md', () => {
  it('shows an example for the script tag, for npm and for servers', () => {
    expect(examples.map(([path]) => path)).toEqual([
      'examples/script-tag/index.html',
      'examples/script-tag/shop.js',
      'examples/vite/hw.ts',
      'examples/node/send.mjs',
    ])
  })

  it.each(examples)('shows %s word for word', (path, code) => {
    expect(read(path)).toContain(code)
  })

  it('states the size limit of the script tag', () => {
    const limit = find('sdk/src/size.test.ts', /'script\.js', ([\d_]+)/).replace('_', '')
    expect(find('README.md', /at most ([\d.]+) kB gzip/)).toBe((Number(limit) / 1_000).toFixed(1))
  })
})

it.each(examplesIn(read('docs/frameworks.md')))('docs/frameworks.md shows %s word for word', (path, code) => {
  expect(read(path)).toContain(code)
})

it('sdk/README.md lists every option of the SDK', () => {
  const options = find('sdk/src/core/options.ts', /interface ClientOptions \{\n([\s\S]*?)^\}/m)
  const names = [...options.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name)
  const listed = [...read('sdk/README.md').matchAll(/^\| `(\w+)` \|.*\|.*\|$/gm)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => !listed.includes(name))).toEqual([])
})

describe.each(documents)('%s', (document) => {
  const text = read(document)
  const folder = posix.dirname(document)

  it('links only to files and headings that exist', () => {
    const links = [...withoutCode(text).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const broken = links.filter(([, path, anchor]) => {
      const target = path ? posix.join(folder, path) : document
      return !existsSync(repository + target) || (anchor && !anchorsOf(target).includes(anchor))
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  it('names only files and folders that exist', () => {
    const paths = text.matchAll(/(?<![\w@/.-])(?:examples|packages|collector|sdk|docs)\/[\w./-]*\w/g)
    const missing = [...paths].filter(([path]) => !existsSync(repository + path))
    expect(missing.map(([path]) => path)).toEqual([])
    const names = text.matchAll(/`([\w./-]+\.(?:ts|mjs|sql|md|html))`/g)
    const unknown = [...names].filter(([, name]) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))
    expect(unknown.map(([name]) => name)).toEqual([])
  })
})

interface DevState {
  totals: Record<string, number>
  conversions: { conversion_id: string; last_non_direct_touch: string | null }[]
}

describe('the examples, with a collector in development mode', () => {
  const programs: ChildProcess[] = []
  let [folder, databaseUrl] = ['', '']
  let collector: CollectorProcess
  let browser: BrowserContext

  beforeAll(async () => {
    folder = await temporaryFolder()
    databaseUrl = await freshPostgresUrl()
    collector = await startCollectorProcess('dev', {
      DATABASE_URL: databaseUrl,
      HEADWATER_PEPPER: 'a pepper for the examples, long enough to be one',
      HEADWATER_DATA_DIR: `${folder}/data`,
    })
    browser = await launchPersistent(await temporaryFolder()) // its first page stays open, and keeps it running
  })
  afterAll(async () => {
    await browser?.close()
    for (const program of programs) program.kill()
    await collector?.end('SIGTERM')
  })

  /** Runs a program that finds the collector by its dev.json, as all examples do. */
  const run = (...args: string[]) => {
    // Where CI is set, Vite colours its output, the address in it included.
    const { FORCE_COLOR, ...plain } = process.env
    const env = { ...plain, NO_COLOR: '1', HEADWATER_DATA_DIR: `${folder}/data`, PORT: '0' }
    const program = spawn(process.execPath, args, {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    programs.push(program)
    return program
  }
  /** The first address that a program prints. */
  const addressFrom = async (program: ChildProcess): Promise<string> => {
    const lines = createInterface({ input: program.stdout as NodeJS.ReadableStream }) // spawned with a pipe
    for await (const line of lines) {
      const [address] = /http:\S+/.exec(line) ?? []
      if (address) return address
    }
    throw new Error(`${program.spawnargs.join(' ')} ended without an address.`)
  }
  const visit = async (address: string): Promise<Page> => {
    const page = await browser.newPage()
    await page.goto(address)
    return page
  }
  const devState = async () => (await (await fetch(`${collector.url}/dev/state`)).json()) as DevState // by development.ts
  const total = async (name: string) => (await devState()).totals[name]
  const credited = async (order: string) =>
    (await devState()).conversions.find(({ conversion_id }) => conversion_id === order)?.last_non_direct_touch

  it('the script tag’s page delivers its view, a sign-in and a purchase', async () => {
    const page = await visit(await addressFrom(run('examples/script-tag/serve.mjs')))
    await page.getByText('Sign in').click()
    await page.getByText('Buy').click()
    await closeTab(page)
    await expect.poll(() => total('events'), { timeout: 15_000 }).toBe(3)
    expect(await credited('1001')).toBe('newsletter / email')
  })

  it('the server’s purchase is accepted, and credited to the session of the same user', async () => {
    const program = run('examples/node/send.mjs')
    const output = program.stdout?.toArray() // spawned with a pipe
    expect(await once(program, 'exit')).toEqual([0, null])
    expect(String(await output)).toContain('accepted: 1,')
    expect(await credited('1003')).toBe('newsletter / email')
  })

  it('the application that bundles the SDK delivers the views of its router, an event and a purchase, once accepted', async () => {
    const before = (await total('events')) ?? 0
    const where = ['--host', '127.0.0.1', '--port', String(await freePort())]
    const page = await visit(
      await addressFrom(run('node_modules/vite/bin/vite.js', 'examples/vite', ...where)),
    )
    await page.getByText('Sneaker').click()
    await page.getByText('Add to cart').click()
    await page.getByText('Accept').click() // until then the events wait, and keep their order and times
    await page.getByText('Buy').click()
    await page.reload()
    await page.getByText('Add to cart').waitFor()
    expect(await page.getByText('Accept').count()).toBe(0)
    await closeTab(page)
    await expect.poll(() => total('events'), { timeout: 15_000 }).toBe(before + 5)
  })

  it('the event that curl posts is accepted', async () => {
    const body = find('docs/http-api.md', /<<EOF\n([\s\S]*?)\nEOF\n/).replace(
      /\$\(date .*?\)/,
      new Date().toISOString(),
    )
    const { secret_token } = JSON.parse(readFileSync(`${folder}/dev.json`, 'utf8'))
    const headers = { authorization: `Bearer ${secret_token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${collector.url}/v1/batch`, { method: 'POST', headers, body })
    expect(await answer.json()).toMatchObject({ accepted: 1, results: [] })
  })

  describe('the SQL in docs/sql.md', () => {
    const [report = '', events = ''] = [...read('docs/sql.md').matchAll(/```sql\n([\s\S]*?)```/g)].map(
      ([, sql = '']) => sql,
    )
    let sql: postgres.Sql
    beforeAll(() => {
      sql = postgres(databaseUrl)
    })
    afterAll(() => sql.end())

    it('reports which source earned what, and keeps the unattributed in its total', async () => {
      expect([...(await sql.unsafe(report))]).toEqual([
        // Cookies ignore ports: in these examples, all on 127.0.0.1, it is one visitor who came from the newsletter.
        { source: 'newsletter', medium: 'email', currency: 'EUR', conversions: 3, revenue_cents: '14997' },
        { source: 'unattributed', medium: null, currency: null, conversions: 1, revenue_cents: null },
      ])
    })

    it('joins events to the source of their session', async () => {
      expect(await sql.unsafe(events)).toContainEqual(
        expect.objectContaining({ type: 'page', utm_source: 'newsletter' }),
      )
    })
  })
})
