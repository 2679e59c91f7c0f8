/**
 * Builds the examples of Next.js, Vue and SvelteKit with what npm has of them, runs each, and visits it in Chromium:
 * `npm run test:frameworks`. The first run installs 450 MB.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { launchChromium } from '@headwater/testkit/chromium'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freePort } from '@headwater/testkit/postgres'
import type { Browser } from 'playwright-core'
import { closeTab } from './browser/tab.ts'

interface Example {
  name: string
  build: string[]
  start: string[]
  /** What the purchase is reported with. */
  order: string
}

interface DevState {
  totals: { events: number }
  conversions: { conversion_id: string; last_non_direct_touch: string | null }[]
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const vite = {
  build: ['vite/bin/vite.js', 'build'],
  start: ['vite/bin/vite.js', 'preview', '--host', '127.0.0.1'],
}
const next = 'next/dist/bin/next'
const examples: Example[] = [
  { name: 'next', order: '1005', build: [next, 'build'], start: [next, 'start', '--hostname', '127.0.0.1'] },
  { name: 'vue', order: '1006', ...vite },
  { name: 'sveltekit', order: '1007', ...vite },
]

const folder = mkdtempSync(join(tmpdir(), 'headwater-frameworks-'))
const collector = await startCollectorProcess('dev', { HEADWATER_DATA_DIR: `${folder}/data` })
const browser = await launchChromium()
try {
  for (const example of examples) await check(example)
} finally {
  await browser.close()
  await collector.end('SIGTERM')
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
}

async function check(example: Example): Promise<void> {
  const startedAt = performance.now()
  const place = join(root, 'examples', example.name)
  const settings = environment(collector)
  await install(place)
  await promisify(execFile)(process.execPath, programOf(place, example.build), { cwd: place, env: settings })
  const port = await freePort()
  const site = spawn(process.execPath, [...programOf(place, example.start), '--port', `${port}`], {
    cwd: place,
    env: settings,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(site.stdout, 'data') // both print a line when they listen
    await shop(browser, `http://127.0.0.1:${port}/?utm_source=newsletter&utm_medium=email`)
    await expectStored(example)
  } finally {
    site.kill()
    await once(site, 'exit')
  }
  console.log(`✓ ${example.name} ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
}

async function install(place: string): Promise<void> {
  const sdk = join(place, 'node_modules/@headwater/sdk')
  if (!existsSync(sdk))
    await promisify(execFile)(npm, ['install', '--no-package-lock', '--ignore-scripts'], { cwd: place })
  for (const part of ['dist', 'package.json']) // as it is built now
    cpSync(join(root, 'sdk', part), join(sdk, part), { recursive: true })
}

/** By the names that each framework passes on to the browser. */
function environment({ url }: CollectorProcess): NodeJS.ProcessEnv {
  const { public_token, secret_token } = JSON.parse(readFileSync(join(folder, 'dev.json'), 'utf8'))
  const ofPage = ['NEXT_PUBLIC', 'VITE', 'PUBLIC'].flatMap((prefix) => [
    [`${prefix}_HEADWATER_URL`, url],
    [`${prefix}_HEADWATER_TOKEN`, public_token],
  ])
  return {
    ...process.env,
    ...Object.fromEntries(ofPage),
    HEADWATER_TOKEN: secret_token,
    NODE_ENV: 'production',
  }
}

function programOf(place: string, [program = '', ...args]: string[]): string[] {
  return [join(place, 'node_modules', program), ...args]
}

/** Adds to the cart, buys, and leaves from the page that says thanks. Each is a visitor of their own. */
async function shop(visitors: Browser, address: string): Promise<void> {
  const visitor = await visitors.newContext() // it stays, so that what the page sends last is sent
  const page = await visitor.newPage()
  await page.goto(address, { waitUntil: 'networkidle' }) // buttons work once the framework has taken over
  await page.getByText('Add to cart').click()
  await page.getByText('Buy').click()
  await page.getByText('Thank you').waitFor()
  await closeTab(page)
}

/** Two page views, what was added to the cart, and the purchase with its newsletter. */
async function expectStored({ name, order }: Example): Promise<void> {
  const wanted = 4 * (examples.findIndex((it) => it.name === name) + 1)
  let seen = ''
  for (const deadline = performance.now() + 15_000; performance.now() < deadline; ) {
    const state = (await (await fetch(`${collector.url}/dev/state`)).json()) as DevState // by development.ts
    seen = JSON.stringify(state.totals) + JSON.stringify(state.conversions)
    const bought = state.conversions.find(({ conversion_id }) => conversion_id === order)
    if (state.totals.events === wanted && bought?.last_non_direct_touch === 'newsletter / email') return
    await new Promise((resolve) => setTimeout(resolve, 200)) // the next look
  }
  throw new Error(
    `${name}: ${wanted} events and a purchase of the newsletter must be stored within 15 s, found ${seen}.`,
  )
}
