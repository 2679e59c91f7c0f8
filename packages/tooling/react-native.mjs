/**
 * Proves the React Native entry without a device: the example's types, its jest test, its Metro bundle, and the SDK in a real
 * Hermes against a real collector. `npm run test:react-native` runs it; the first run installs 600 MB. What it does not
 * run: a device or an emulator, native modules, and the Hermes 1.0 of React Native 0.86.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const example = join(root, 'examples/react-native')
const sdk = join(example, 'node_modules/@headwater/sdk')
const hermes = join(example, 'node_modules/hermes-engine-cli', hermesFolder(), 'hermes')

install()
step('Types of the example', 'npx', ['tsc', '-p', '.'])
step('Jest', 'npx', ['jest'])
bundle('Metro bundle of the app', ['--entry-file', 'index.js', '--bundle-output', 'dist/app.bundle'])
bundle('Metro bundle for Hermes', [
  ...['--config', 'hermes/metro.config.js', '--minify', 'false'],
  ...['--entry-file', 'hermes/index.js', '--bundle-output', 'dist/hermes.js'],
])
await runInHermes()

function install() {
  if (!existsSync(sdk))
    step('Installing packages (600 MB)', 'npm', ['install', '--no-package-lock', '--loglevel=error'])
  for (const part of ['dist', 'package.json']) // as it is built now
    cpSync(join(root, 'sdk', part), join(sdk, part), { recursive: true })
}

function bundle(title, options) {
  step(title, 'npx', ['react-native', 'bundle', '--platform', 'android', '--dev', 'false', ...options])
  const file = options.at(-1)
  console.log(`  ${file}: ${statSync(join(example, file)).size} bytes`)
}

/** The collector is one of its own; the first request fails, as without a network, and the answer to the second is lost. */
async function runInHermes() {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-hermes-'))
  const collector = await startCollector(folder)
  try {
    const { public_token: token } = JSON.parse(readFileSync(join(folder, 'dev.json'), 'utf8'))
    const settings = { token, endpoint: collector.url, startedAt: Date.now() }
    const answers = []
    let said = run(folder, { ...settings, answers })
    while (said.request) {
      const answer = answers.length === 0 ? { status: 0 } : await post(said.request)
      answers.push(answers.length === 1 ? { status: 0 } : answer)
      said = run(folder, { ...settings, answers })
    }
    check(said.done, answers.length)
  } finally {
    collector.child.kill()
    await once(collector.child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One run from the start, until it ends or asks for an answer that it has not been given yet. */
function run(folder, globals) {
  const script = join(folder, 'run.js')
  const given = Object.entries(globals).map(([name, value]) => `var ${name} = ${JSON.stringify(value)};\n`)
  writeFileSync(script, given.join('') + readFileSync(join(example, 'dist/hermes.js'), 'utf8'))
  const { stdout, stderr } = spawnSync(hermes, [script], { encoding: 'utf8', maxBuffer: 100_000_000 })
  const find = (word) => new RegExp(`^${word} (.*)$`, 'm').exec(stdout)?.[1]
  const [request, done] = [find('REQUEST'), find('DONE')].map((text) => text && JSON.parse(text))
  if (!request && !done)
    fail(`Hermes: ended without a result.\n${stdout.slice(-2_000)}${stderr.slice(-2_000)}`)
  return { request, done }
}

async function post({ url, body }) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body })
  return { status: answer.status, body: await answer.text() }
}

/** 250 events, an identify, a screen, a purchase, the link, and what the app records of itself: installed, opened, left. */
function check(done, requests) {
  console.log(`Hermes: ${JSON.stringify(done)} in ${requests} requests`)
  const stored = done.accepted + done.duplicate
  const isWhole = stored === 257 && done.rejected === 0 && done.dropped === 0 && done.waiting === 0
  if (!isWhole || done.duplicate === 0)
    fail('Hermes: 257 events must be stored, those of the lost answer once.')
}

async function startCollector(folder) {
  const child = spawn(process.execPath, [join(root, 'collector/bin/headwater.js'), 'dev', '--json'], {
    env: { ...process.env, PORT: '0', HEADWATER_DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  return { child, url: JSON.parse(`${line}`).url }
}

function step(title, command, args) {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: example, encoding: 'utf8' })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  if (status !== 0) fail(`${stdout}${stderr}\n${title}: failed after ${seconds} s.`)
  console.log(`✓ ${title} ${seconds} s`)
}

function hermesFolder() {
  return (
    { linux: 'linux64-bin', darwin: 'osx-bin', win32: 'win64-bin' }[process.platform] ??
    fail('Hermes: no build for this system.')
  )
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
