/** Builds everything that is shipped: one row per output; `npm run build` builds them all. */
import { readFileSync, rmSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import dts from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'

const { version } = JSON.parse(readFileSync('sdk/package.json', 'utf8'))
const defineFor = (name) => ({ __SDK_VERSION__: JSON.stringify(version), __SDK_NAME__: JSON.stringify(name) })
const define = defineFor('headwater-js')

// sdk/README.md names the browsers that this means; check-packages.mjs parses what was built.
const target = 'es2020'
const everyScript = { include: /\.[jt]s$/, exclude: [] } // those of packages too
const forBrowsers = [resolve({ browser: true }), esbuild({ target, define })]
const forServers = [resolve(), esbuild({ target, define: defineFor('headwater-node') })]
// Types of our own packages, which are not published.
const ours = ['@headwater/contract', '@headwater/attribution']
const forTypes = [resolve(), dts({ tsconfig: 'sdk/src/browser/tsconfig.json', includeExternal: ours })]
const forReactTypes = [resolve(), dts({ tsconfig: 'sdk/src/react/tsconfig.json', includeExternal: ours })]
const forServerTypes = [resolve(), dts({ tsconfig: 'sdk/src/node/tsconfig.json', includeExternal: ours })]
const forNode = [rawText(), resolve(), esbuild({ target: 'node20', define })]
// Metro transpiles further. The hash is inlined, because Metro would bundle the whole package that it comes from.
const forApps = [resolve(), esbuild({ target, define: defineFor('headwater-react-native'), ...everyScript })]
const forAppTypes = [
  resolve(),
  dts({ tsconfig: 'sdk/src/react-native/tsconfig.json', includeExternal: ours }),
]
// None of our functions is called with `new`. `unsafe` writes `${a}b` as a+"b": the same for all but objects with a valueOf of
// their own. The other two options make the code a little longer, and gzip's result shorter.
const minified = { passes: 5, unsafe: true, unsafe_arrows: true, inline: 1, lhs_constants: false }
const forTag = [
  lighterFiles(),
  resolve({ browser: true }),
  esbuild({ target, define, ...everyScript }),
  terser({ ecma: 2020, compress: minified }),
]

const sdk = 'sdk/src/browser/index.ts'
const react = 'sdk/src/react/index.ts'
const server = 'sdk/src/node/index.ts'
const scriptTag = 'sdk/src/browser/script.ts'
const app = 'sdk/src/react-native/index.ts'
const stub = 'sdk/src/browser/stub.ts'
const stubFiles = ['sdk/dist/stub.js', 'collector/dist/sdk/stub.js']
const tagFiles = ['sdk/dist/script.js', 'collector/dist/sdk.js'] // the collector serves it
const bench = 'packages/bench/src/bench.ts'
const collector = {
  cli: 'collector/src/cli/cli.ts',
  main: 'collector/src/main.ts',
  'pglite-init': 'packages/db/src/pglite-init.ts',
  'pglite-worker': 'packages/db/src/pglite-worker.ts',
}

// The optional files: for npm next to its entry, and for the tag bundled with their dependencies.
const optional = ['vitals', 'engagement', 'interactions', 'data-layer', 'links', 'debug']
const extras = Object.fromEntries(optional.map((name) => [name, `sdk/src/extras/${name}.ts`]))
const npmExtras = Object.fromEntries(optional.map((name) => [`extras/${name}`, extras[name]]))
const forExtraTypes = [resolve(), dts({ tsconfig: 'sdk/src/extras/tsconfig.json', includeExternal: ours })]
const bannerOf = {
  app: '/*! with @noble/hashes, MIT (c) Paul Miller */',
  vitals: '/*! with web-vitals, Apache-2.0 (c) Google LLC */',
}
// React's server components may import it: hooks run in the browser.
const bannerOfEntry = ({ name }) => (name === 'react' ? `'use client'` : '')

// Each row: what goes in, what comes out, how.
const rows = [
  {
    input: { browser: sdk, react, ...npmExtras },
    dir: 'sdk/dist',
    plugins: forBrowsers,
    banner: bannerOfEntry,
  },
  { input: sdk, file: 'sdk/dist/browser.d.ts', plugins: forTypes },
  { input: react, file: 'sdk/dist/react.d.ts', plugins: forReactTypes },
  { input: server, file: 'sdk/dist/node.js', plugins: forServers },
  { input: server, file: 'sdk/dist/node.cjs', plugins: forServers, format: 'cjs' },
  { input: server, file: ['sdk/dist/node.d.ts', 'sdk/dist/node.d.cts'], plugins: forServerTypes },
  {
    input: scriptTag,
    file: tagFiles,
    plugins: forTag,
    external: [],
    format: 'iife',
    strict: false,
  },
  {
    input: extras,
    dir: 'sdk/dist/extras',
    plugins: forExtraTypes,
    sourcemap: false,
    entryFileNames: '[name].d.ts',
    chunkFileNames: '[name].d.ts',
  },
  {
    input: app,
    file: 'sdk/dist/react-native.js',
    plugins: forApps,
    external: ['react-native'],
    banner: bannerOf.app,
  },
  { input: app, file: 'sdk/dist/react-native.d.ts', plugins: forAppTypes },
  ...optional.map((name) => ({
    input: extras[name],
    file: `collector/dist/sdk/${name}.js`,
    plugins: forTag,
    external: [],
    banner: bannerOf[name],
  })),
  { input: stub, file: stubFiles, plugins: forTag, external: [], format: 'iife', strict: false },
  { input: collector, dir: 'collector/dist', plugins: forNode },
  { input: bench, file: 'packages/bench/dist/bench.js', plugins: forNode },
]

// What an earlier build has left would be packed as well.
for (const folder of ['sdk/dist', 'collector/dist']) rmSync(folder, { recursive: true, force: true })

export default rows.map(toConfig)

function toConfig({ input, plugins, external = isPackage, file, ...output }) {
  const common = { chunkFileNames: '[name].js', ...output }
  return {
    input,
    plugins,
    external,
    output: [file].flat().map((each) => ({ file: each, sourcemap: mapOf(each ?? output.dir), ...common })),
  }
}

/** The npm package has source maps. The tag's is for error trackers: naming it would cost each page 34 bytes. */
function mapOf(path) {
  if (!path.startsWith('sdk/') || /\.d\.c?ts$/.test(path)) return false
  return [...tagFiles, ...stubFiles].includes(path) ? 'hidden' : true
}

/** Packages from the registry stay outside; our own, which are not published, are inlined. */
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

/** The script tag uses a lighter file in place of each of these. */
function lighterFiles() {
  const lighter = {
    '/database.ts': '/database-by-hand.ts',
    '/hook.ts': '/no-hook.ts',
    '/messages.ts': '/messages-by-link.ts',
    '/post.ts': '/post-by-fetch.ts',
  }
  return {
    name: 'lighter-files',
    resolveId(id, importer) {
      const file = /\/[\w-]+\.ts$/.exec(id)?.[0]
      return lighter[file] ? this.resolve(id.replace(file, lighter[file]), importer) : null
    },
  }
}
