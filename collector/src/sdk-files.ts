/** The SDK files that the build puts beside the collector: `sdk.js`, and optional ones in the folder `sdk`. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// The version of the SDK in the same build, defined by esbuild in bundles and by vitest in tests.
declare const __SDK_VERSION__: string

export interface SdkFile {
  /** Below the collector's address, for example `sdk.js` or `sdk/vitals.js`. */
  path: string
  /** Path whose content never changes, for example `sdk-0.1.0.js` or `sdk-0.1.0/vitals.js`. */
  fixedPath: string
  text: string
  integrity: string
}

export type SdkFiles = ReturnType<typeof createSdkFiles>

const main = 'sdk.js'

/** Reads each file once. `findFolder` returns their folder; it is called lazily, so that a collector starts without a built SDK. */
export function createSdkFiles(findFolder: () => string = builtFolder, version = __SDK_VERSION__) {
  const known = new Map<string, SdkFile>()

  async function read(path: string): Promise<SdkFile | undefined> {
    const found = known.get(path) ?? (await load(path))
    if (found) known.set(path, found)
    return found
  }

  async function load(path: string): Promise<SdkFile | undefined> {
    try {
      const text = await readFile(join(findFolder(), path), 'utf8')
      const fixedPath = path.replace('sdk', `sdk-${version}`)
      return { path, fixedPath, text, integrity: integrityOf(text) }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  return {
    version,
    /** Undefined: no such file. */
    read,
    /** All existing files, `sdk.js` first. */
    async list(): Promise<SdkFile[]> {
      const files = [await read(main)]
      for (const path of files[0] ? await optionalPaths(findFolder()) : []) files.push(await read(path))
      return files.filter((file) => file !== undefined)
    },
  }
}

/** The `integrity` of a script tag: a browser runs exactly this text or nothing. */
export function integrityOf(text: string): string {
  return `sha384-${createHash('sha384').update(text).digest('base64')}`
}

/** A script tag pinned to one version. */
export function fixedTag({ fixedPath, integrity }: SdkFile, page: { origin: string; token: string }): string {
  return `<script async src="${page.origin}/${fixedPath}" integrity="${integrity}" crossorigin="anonymous" data-token="${page.token}"></script>`
}

/** Resolved by package name, so that sources under test find it too. */
const builtFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('@headwater/collector/sdk.js'))

async function optionalPaths(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'sdk')).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  return names
    .filter((name) => /^[a-z-]+\.js$/.test(name))
    .sort()
    .map((name) => `sdk/${name}`)
}

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'MODULE_NOT_FOUND'].includes((error as { code?: string } | null)?.code ?? '') // Node's errors have one
