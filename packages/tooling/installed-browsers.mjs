/** Finds the browsers that are installed and that tests can control. */
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The first of these programs in PATH. */
function inPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path))
}

export const chromiumNames = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser']

const usualPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].map(
    (folder) => folder && join(folder, 'Google/Chrome/Application/chrome.exe'),
  ),
}

/** @returns {string | undefined} */
export function chromiumPath() {
  const places = [process.env.CHROME_PATH, inPath(...chromiumNames), ...(usualPlaces[process.platform] ?? [])]
  return places.find((place) => place !== undefined && existsSync(place))
}

/** @returns {string | undefined} */
export function firefoxPath() {
  return inPath('firefox-esr', 'firefox')
}

/**
 * WebKitGTK: its driver, its browser, and the X server that it needs without a display.
 *
 * @returns {{ driver: string, browser: string, display: string } | undefined}
 */
export function webKitPaths() {
  const [driver, display] = [inPath('WebKitWebDriver'), inPath('Xvfb')]
  const browser = miniBrowser()
  return driver && browser && display ? { driver, browser, display } : undefined
}

/** Debian keeps it beside the library, in a folder that has the processor and the version in its name. */
function miniBrowser() {
  const folders = ['/usr/lib', ...foldersIn('/usr/lib'), '/usr/libexec', '/usr/lib64'].flatMap((folder) => [
    folder,
    ...foldersIn(folder).filter((it) => it.includes('webkit')),
  ])
  return folders.map((folder) => join(folder, 'MiniBrowser')).find((path) => existsSync(path))
}

function foldersIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
}
