/**
 * Prepares the browsers that tests run in: installs what is missing with apt-get, where it is root on Debian, and prints in one
 * line which engines run. `npm run test:engines` calls it, and fails when neither is there.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chromiumPath, firefoxPath, webKitPaths } from './installed-browsers.mjs'

/** What each engine needs, by Debian's names. */
const packages = { firefox: ['firefox-esr'], webkit: ['webkit2gtk-driver', 'xvfb'] }
const isInstalled = { firefox: firefoxPath, webkit: webKitPaths }

const missing = () => Object.keys(packages).filter((engine) => !isInstalled[engine]())
const problem = missing().length > 0 ? install(missing().flatMap((engine) => packages[engine])) : undefined
console.log(`Browsers: ${[chromium(), firefox(), webKit()].join(', ')}`)

/** What went wrong, if anything did. */
function install(names) {
  if (process.env.HEADWATER_NO_INSTALL) return 'HEADWATER_NO_INSTALL is set'
  if (process.getuid?.() !== 0) return `not installed; as root: apt-get install ${names.join(' ')}`
  for (const args of [
    ['update', '-qq'],
    ['install', '-qq', '--yes', '--no-install-recommends', ...names],
  ]) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { status, error, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: 300_000 })
    if (status !== 0) return error?.message ?? `apt-get ${args[0]}: ${lastLine(stderr)}`
  }
}

function chromium() {
  const path = chromiumPath()
  if (path) return `chromium ${versionBy(path, '--version')} (installed)`
  const manifest = new URL('../../node_modules/@sparticuz/chromium/package.json', import.meta.url)
  return `chromium ${JSON.parse(readFileSync(manifest, 'utf8')).version.split('.')[0]} (npm)`
}

function firefox() {
  const path = firefoxPath()
  return path ? `firefox ${versionBy(path, '--version')} (installed)` : `firefox not run (${problem})`
}

function webKit() {
  if (!webKitPaths()) return `webkit not run (${problem})`
  // MiniBrowser needs a display to print its version.
  return `webkit ${versionBy('dpkg', '-s', 'webkit2gtk-driver')} (installed)`
}

function versionBy(program, ...args) {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8' })
  return /\d+\.\d+/.exec(stdout)?.[0] ?? ''
}

function lastLine(text) {
  return text.trim().split('\n').at(-1)
}
