/**
 * Runs the collector in an empty folder by the command given, as someone who tries it does: opens the start page and the SDK,
 * sends an event as a page does, kills everything at once, starts it again (by the command after `--then`, if there is one), and
 * expects the event to be there. With `--once` it leaves out the second start.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const isOnce = process.argv[2] === '--once'
const given = process.argv.slice(isOnce ? 3 : 2)
const at = given.indexOf('--then')
const commands = at < 0 ? [given, given] : [given.slice(0, at), given.slice(at + 1)]

const folder = mkdtempSync(join(tmpdir(), 'headwater-empty-'))
try {
  const first = await start(commands[0])
  assert.match(await get(`${first.url}/`), /<title>Headwater/)
  assert.match(await get(`${first.url}/sdk.js`), /page_view/)
  assert.match(await get(`${first.url}/sdk/stub.js`), /sendBeacon/)
  assert.equal((await send(first.url)).accepted, 1)
  await end(first.child)
  if (!isOnce) await expectKept()
  assert.deepEqual(readdirSync(folder), ['.headwater'])
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
}

async function expectKept() {
  const { url, child } = await startAgain(commands[1])
  assert.equal((await send(url)).duplicate, 1)
  const { totals } = JSON.parse(await get(`${url}/dev/state`))
  assert.equal(totals.events, 1)
  await end(child)
}

/** A process group of its own, so that all of it can be killed. */
async function start([command, ...args]) {
  const env = { ...process.env, PORT: '0' }
  const child = spawn(command, args, {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
    if (url) return { child, url }
  }
  throw new Error(`${command} ${args.join(' ')}: ended without an address.`)
}

/** A killed process that npx has started is gone only when the system has noticed; until then its folder is in use. */
async function startAgain(command) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(command)
    } catch (error) {
      if (attempt === 20) throw error
    }
  }
}

async function end(child) {
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await ended
}

async function get(url) {
  const answer = await fetch(url)
  assert.equal(answer.status, 200, url)
  return answer.text()
}

async function send(url) {
  const { public_token } = JSON.parse(readFileSync(join(folder, '.headwater/dev.json'), 'utf8'))
  const now = new Date().toISOString()
  const event = { idempotency_key: 'packed 1', type: 'track', name: 'packed', occurred_at: now }
  const answer = await fetch(`${url}/v1/batch?token=${public_token}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ v: 1, sent_at: now, events: [{ ...event, anonymous_id: 'visitor_42' }] }),
  })
  return answer.json()
}
