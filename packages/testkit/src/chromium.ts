/** Starts a real Chromium: the one that is installed, else the one from npm. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core'
import { chromiumNames, chromiumPath } from '../../tooling/installed-browsers.mjs'

/** A headless browser whose contexts leave no data when they are closed; `flags` are optional. The caller closes it. */
export const launchChromium = async (...moreFlags: string[]): Promise<Browser> => {
  const { args = [], ...options } = await launchOptions()
  return chromium.launch({ ...options, args: [...args, ...moreFlags] })
}

/** One that keeps pages in its back/forward cache. The headless shell from npm has none. */
export const launchWithPageCache = async (): Promise<Browser> =>
  chromium.launch({ ...(await launchOptions()), ignoreDefaultArgs: ['--disable-back-forward-cache'] })

/** A browser that keeps cookies, IndexedDB and localStorage in `userDataDir`, also after it is closed or killed. */
export const launchPersistent = async (userDataDir: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(userDataDir, await launchOptions())

/** Where the browser is. Rejects with the places it looked at when there is none. */
const programPath = async (): Promise<string> => chromiumPath() ?? (await chromiumFromNpm())

// Replaces Playwright's own list of this kind, because Chromium reads only the last one.
const unneededFeatures = [
  // A full Chromium loads these two pages of its address bar into processes of their own for each new window. They took two
  // thirds of the processor time of a test that opens three pages.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // From Playwright's list: network requests when the browser starts, and upgrades of http pages to https.
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
]

// Only what a test run needs. @sparticuz/chromium's own list has --single-process, --no-zygote and --disable-web-security:
// pages would share a process and see each other's storage otherwise than they do in the browsers people use.
/** That of a browser with a window: the collector gives no credit to arrivals in one that calls itself headless. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'

const flags = [
  `--user-agent=${userAgent}`,
  '--no-sandbox', // CI runs as root, where the sandbox does not start
  '--disable-gpu',
  '--disable-quic',
  `--disable-features=${unneededFeatures}`,
]

const launchOptions = async (): Promise<LaunchOptions> => ({
  executablePath: await programPath(),
  args: flags,
})

/**
 * Unpacks the browser next to its package, once. The package itself would unpack it to a fixed name in the temporary folder,
 * where a second test file would find it while the first is still writing it.
 */
const chromiumFromNpm = async (): Promise<string> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `launchChromium: found no Chrome or Chromium at CHROME_PATH, in PATH (${chromiumNames.join(', ')}) or where ` +
        `${process.platform} keeps programs, and npm has one for Linux x64 only. Install Chrome, or set CHROME_PATH.`,
    )
  }
  const folder = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../../bin')
  const program = join(folder, 'chromium')
  if (!existsSync(program)) await unpack(join(folder, 'chromium.br'), program)
  return program
}

const unpack = async (packed: string, program: string) => {
  const unfinished = `${program}.${process.pid}`
  await pipeline(
    createReadStream(packed),
    createBrotliDecompress(),
    createWriteStream(unfinished, { mode: 0o755 }),
  )
  await rename(unfinished, program)
}
