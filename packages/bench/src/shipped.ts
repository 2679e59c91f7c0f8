/** What visitors download, for the benchmarks: the built files, and the npm entry in a site's own bundle. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../../', import.meta.url)) // from src as from dist

/** A built file by its path in the repository. */
export const readShipped = (path: string): string => readFileSync(root + path, 'utf8')

/** What a site's bundler produces from `code`, which imports '@headwater/sdk': minified, ky and idb-keyval inside. */
export async function bundleForSite(code: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    external: ['./extras/*'], // loaded on request: a separate file with every bundler that can split
    logOverride: { 'unsupported-dynamic-import': 'silent' },
    bundle: true,
    minify: true,
    write: false,
    target: 'es2022',
    format,
  })
  return outputFiles.map(({ text }) => text).join('')
}
