/** Builds everything that is shipped: one row an output; `npm run build` makes them all. */
import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import dts from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'

const { version } = JSON.parse(readFileSync('sdk/package.json', 'utf8'))
const define = { __SDK_VERSION__: JSON.stringify(version) }

// es2022: ky, which goes out as it is, has private methods, and a browser that reads those reads all of es2022.
const forBrowsers = [resolve({ browser: true }), esbuild({ target: 'es2022', define })]
const forTypes = [resolve(), dts({ tsconfig: 'sdk/src/browser/tsconfig.json' })]
const forNode = [rawText(), resolve(), esbuild({ target: 'node20', define })]
// The script tag carries its packages, so every byte counts. ky is told that there are no streams and no forms, which we
// never send, and terser then drops what it has for them: 0.3 kB (gzip -9).
const noStreams = { 'globalThis.ReadableStream': 'undefined', 'globalThis.FormData': 'undefined' }
const everyScript = { include: /\.[jt]s$/, exclude: [] }
const forTag = [
  textsByLink(),
  kyInShort(),
  resolve({ browser: true }),
  esbuild({ target: 'es2022', define: { ...define, ...noStreams }, ...everyScript }),
  terser({ ecma: 2022, compress: { passes: 3 } }),
]

const sdk = 'sdk/src/browser/index.ts'
const scriptTag = 'sdk/src/browser/script.ts'
const tagFiles = ['sdk/dist/script.js', 'collector/dist/sdk.js'] // the collector serves it
const banner = '/*! with ky, MIT (c) Sindre Sorhus, and idb-keyval, Apache-2.0 (c) Jake Archibald */'
const bench = 'packages/bench/src/bench.ts'
const collector = {
  cli: 'collector/src/cli/cli.ts',
  main: 'collector/src/main.ts',
  'pglite-init': 'collector/src/db/pglite-init.ts',
  'pglite-worker': 'collector/src/db/pglite-worker.ts',
}

// What is by option: each a file of its own, beside the entry for npm, and for the tag with all that it needs.
const optional = ['vitals', 'engagement', 'interactions', 'data-layer', 'links', 'debug']
const extras = Object.fromEntries(optional.map((name) => [name, `sdk/src/extras/${name}.ts`]))
const forExtraTypes = [resolve(), dts({ tsconfig: 'sdk/src/extras/tsconfig.json' })]
const bannerOf = { vitals: '/*! with web-vitals, Apache-2.0 (c) Google LLC */' }

// Each row: what goes in, what comes out, how.
const rows = [
  { input: sdk, file: 'sdk/dist/browser.js', plugins: forBrowsers },
  { input: sdk, file: 'sdk/dist/browser.d.ts', plugins: forTypes },
  { input: scriptTag, file: tagFiles, plugins: forTag, external: [], format: 'iife', banner },
  { input: extras, dir: 'sdk/dist/extras', plugins: forBrowsers },
  {
    input: extras,
    dir: 'sdk/dist/extras',
    plugins: forExtraTypes,
    entryFileNames: '[name].d.ts',
    chunkFileNames: '[name].d.ts',
  },
  ...optional.map((name) => ({
    input: extras[name],
    file: `collector/dist/sdk/${name}.js`,
    plugins: forTag,
    external: [],
    banner: bannerOf[name],
  })),
  { input: collector, dir: 'collector/dist', plugins: forNode },
  { input: bench, file: 'packages/bench/dist/bench.js', plugins: forNode },
]

export default rows.map(toConfig)

function toConfig({ input, plugins, external = isPackage, file, ...output }) {
  const common = { chunkFileNames: '[name].js', ...output }
  return { input, plugins, external, output: [file].flat().map((each) => ({ file: each, ...common })) }
}

/** Packages from the registry stay outside; our own, which are not published alone, are inlined. */
function isPackage(id) {
  return !/^(\.|@headwater\/)/.test(id) && !isAbsolute(id)
}

/** `import text from './file.sql?raw'` gives the file's text, as it does in vitest. */
function rawText() {
  const suffix = '?raw'
  return {
    name: 'raw-text',
    async resolveId(id, importer) {
      if (!id.endsWith(suffix)) return null
      const file = await this.resolve(id.slice(0, -suffix.length), importer)
      return file && file.id + suffix
    },
    load(id) {
      if (!id.endsWith(suffix)) return null
      const path = id.slice(0, -suffix.length)
      this.addWatchFile(path)
      return `export default ${JSON.stringify(readFileSync(path, 'utf8'))}`
    },
  }
}

/** Has the script tag say codes and a link, where npm carries whole texts. */
function textsByLink() {
  return {
    name: 'texts-by-link',
    resolveId(id, importer) {
      return id.endsWith('/texts.ts') ? this.resolve(id.replace('texts', 'texts-by-link'), importer) : null
    },
  }
}

/**
 * Leaves out what ky has for those who ask for progress, for retries or for a failing status as an error. We never do
 * (see transport.ts), and it weighs 0.8 kB (gzip -9).
 */
function kyInShort() {
  const shortened = {
    'utils/body': 'export let streamRequest, streamResponse',
    'utils/delay': 'export default undefined',
    'utils/type-guards': 'export let isHTTPError, isTimeoutError, isForceRetryError, isKyError',
    'errors/HTTPError': 'export class HTTPError {}',
    'errors/NonError': 'export class NonError {}',
    'errors/ForceRetryError': 'export class ForceRetryError {}',
  }
  return {
    name: 'ky-in-short',
    load: (id) => shortened[/ky.distribution.(\w+.[\w-]+)\.js$/.exec(id)?.[1].replace('\\', '/')] ?? null,
  }
}
