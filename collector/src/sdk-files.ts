/** The files of the SDK that the build puts beside the collector: `sdk.js`, and optional ones in the folder `sdk`. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// esbuild puts it in place when it bundles, vitest when it tests: the version of the SDK that was built along.
declare const __SDK_VERSION__: string

export interface SdkFile {
  /** Below the collector's address, as in `sdk.js` or `sdk/vitals.js`. */
  path: string
  /** Where it never changes, as in `sdk-0.1.0.js` or `sdk-0.1.0/vitals.js`. */
  fixedPath: string
  text: string
  integrity: string
}

export type SdkFiles = ReturnType<typeof createSdkFiles>

const main = 'sdk.js'

/** Reads each file once. `findFolder` names the folder that has them; it is asked when one is wanted, so that a collector starts without. */
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
    /** Undefined: there is no such file. */
    read,
    /** All that are there, `sdk.js` first. */
    async list(): Promise<SdkFile[]> {
      const files = [await read(main)]
      for (const path of files[0] ? await optionalPaths(findFolder()) : []) files.push(await read(path))
      return files.filter((file) => file !== undefined)
    },
  }
}

/** What a tag says in its `integrity`, so that a browser runs this text or none. */
export function integrityOf(text: string): string {
  return `sha384-${createHash('sha384').update(text).digest('base64')}`
}

/** The tag that loads one version for ever. */
export function fixedTag({ fixedPath, integrity }: SdkFile, page: { origin: string; token: string }): string {
  return `<script async src="${page.origin}/${fixedPath}" integrity="${integrity}" crossorigin="anonymous" data-token="${page.token}"></script>`
}

/** By the package's own name, so that sources under test find it too. */
const builtFolder = (): string => dirname(createRequire(import.meta.url).resolve('headwater/sdk.js'))

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
  ['ENOENT', 'MODULE_NOT_FOUND'].includes((error as { code?: string } | null)?.code ?? '') // Node's errors carry one
