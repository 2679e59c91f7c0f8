/**
 * Prepares a clone: installs what is missing, then builds what is older than its sources. `npm start`, `npm test` and `npm
 * run bench` call it first.
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const oldestNode = [20, 19]
const installed = 'node_modules/.package-lock.json' // npm writes it last, so an interrupted install leaves none
const built = 'node_modules/.cache/headwater/built'
const outputs = ['collector/dist', 'sdk/dist']

refuseOldNode(process.versions.node)
if (newestOf(manifests()) > modifiedAt(installed)) install()
if (!outputs.every(exists) || newestOf([installed, ...sources()]) > modifiedAt(built)) build()

function refuseOldNode(version) {
  const [major, minor] = version.split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return
  fail(
    `Headwater needs Node ${oldestNode.join('.')} or newer; this is ${version}. Install a newer Node.js and try again.`,
  )
}

function manifests() {
  const { workspaces } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  return ['package-lock.json', 'package.json', ...workspaces.map((folder) => `${folder}/package.json`)]
}

// Not `npm ci`: it empties node_modules for every changed manifest, and it refuses a lock file that lacks the optional
// packages of other platforms, as npm writes it when the registry does not offer them.
function install() {
  const windows = process.platform === 'win32'
  const options = ['--no-save', '--include=dev', '--prefer-offline', '--loglevel=error']
  timed('Installing packages (about 20 s the first time)', {
    command: windows ? 'npm.cmd' : 'npm',
    args: ['install', ...options],
    shell: windows, // Node starts .cmd files through a shell only
    remedy: 'Check that the npm registry can be reached, then run `npm install` to see it again.',
  })
  touch(installed, Date.now())
}

function sources() {
  const packages = readdirSync(at('packages')).map((name) => `packages/${name}/src`)
  const folders = [...packages, 'sdk/src', 'collector/src'].filter(exists)
  return ['schema.sql', 'rollup.config.mjs', ...folders.flatMap(filesIn)].filter(exists)
}

/** Every file below a folder that is not a test, with the folders themselves: their time changes when a file is removed. */
function filesIn(folder) {
  const entries = readdirSync(at(folder), { withFileTypes: true }).filter(
    (entry) => !entry.name.includes('.test.'),
  )
  const paths = entries.map((entry) =>
    entry.isDirectory() ? filesIn(`${folder}/${entry.name}`) : `${folder}/${entry.name}`,
  )
  return [folder, ...paths.flat()]
}

function build() {
  const startedAt = Date.now() // files edited during the build count as newer
  timed('Building', {
    command: process.execPath,
    args: ['node_modules/rollup/dist/bin/rollup', '-c', '--silent'],
    shell: false,
    remedy: 'Fix what it names, then run `npm run build` to see it again.',
  })
  touch(built, startedAt)
}

function timed(title, { command, args, shell, remedy }) {
  process.stdout.write(`${title} … `)
  const startedAt = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, shell, encoding: 'utf8' })
  if (status === 0) return console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  console.log('failed')
  const output = error ? error.message : `${stdout}${stderr}`
  fail(`${output.trimEnd()}\n\n${title} failed. ${remedy}`)
}

function newestOf(paths) {
  return Math.max(...paths.map(modifiedAt))
}

/** In epoch ms; a missing file is older than any other. */
function modifiedAt(path) {
  return exists(path) ? statSync(at(path)).mtimeMs : 0
}

function touch(path, timeMs) {
  mkdirSync(dirname(at(path)), { recursive: true })
  if (!exists(path)) writeFileSync(at(path), '')
  utimesSync(at(path), timeMs / 1000, timeMs / 1000)
}

function exists(path) {
  return existsSync(at(path))
}

function at(path) {
  return join(root, path)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
