/**
 * Packs the SDK and the collector as for npm, installs them into a folder outside of the repository, and checks them there:
 * `npm run test:packages [folder]`. Prints one line a check. The folder, kept when it is named, then holds the packages and
 * what Vite and webpack made of `consumers/page.ts`.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire, SourceMap } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import * as vite from 'vite'
import {
  collector,
  env,
  filesIn,
  folder,
  hasOtherNodes,
  install,
  installTools,
  kept,
  npm,
  otherNodes,
  pack,
  root,
  run,
  scriptsIn,
  sdk,
  tarballs,
  tools,
  toolUrl,
} from './packed-packages.mjs'

await check('the tools of these checks are installed', installTools)
await check('npm packs both', pack)
await check('a folder outside of the repository installs them, with packages from npm only', install)
await check('the packages hold what they need and nothing else', checkFiles)
await check('publint finds nothing', publint)
await check('are-the-types-wrong finds nothing', typesWrong)
await check('every file for browsers and apps is ES2020', checkSyntax)
await check('every source map leads to its sources', checkSourceMaps)
await check(`Node ${process.versions.node} imports it, requires it and delivers`, () =>
  runIn(process.execPath),
)
await check('`npx @headwater/collector` runs in an empty folder and survives kill -9', runByNpx)
for (const name of Object.keys(otherNodes)) await checkOtherNode(name)
await check('TypeScript resolves it in `bundler` mode', () =>
  tsc('ESNext', 'bundler', ['page.ts', 'react.tsx', 'server.mts', 'app.mts']),
)
await check('TypeScript resolves it in `node16` mode, from ES modules and from CommonJS', () =>
  tsc('node16', 'node16', ['page.ts', 'react.tsx', 'server.mts', 'server.cts', 'app.mts']),
)
await check('Vite bundles it', () => viteBuild('page.ts'))
await check('Vite bundles it for workers', () => viteBuild('worker.js'))
await check('webpack bundles it', () => webpackBuild('page.ts'))
await check('a bundle that uses nothing of it is empty', checkNothing)
await check('an app that imports React Native’s entry gets no code for browsers', checkApp)
if (!kept) rmSync(folder, { recursive: true })

async function check(title, task) {
  const startedAt = performance.now()
  try {
    const found = await task()
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`✓ ${title} ${found ? `(${found}) ` : ''}${seconds} s`)
  } catch (error) {
    console.error(`✗ ${title}\n${[error.stdout, error.stderr, error.stack].filter(Boolean).join('\n')}`)
    process.exit(1)
  }
}

function checkFiles() {
  const documents = ['LICENSE', 'README.md', 'package.json']
  const allowed = {
    [sdk]: /^(ERRORS|STORAGE)\.md$|^dist\/(extras\/)?[\w-]+\.(js|cjs|d\.ts|d\.cts|js\.map|cjs\.map)$/,
    [collector]: /^bin\/headwater\.js$|^dist\/[\w-]+\.js$|^dist\/sdk\/[\w-]+\.js$/,
  }
  const counts = Object.entries(allowed).map(([place, pattern]) => {
    const files = filesIn(place)
    const odd = files.filter((file) => !documents.includes(file) && !pattern.test(file))
    assert.deepEqual(odd, [])
    for (const file of documents) assert.ok(files.includes(file), `${place} lacks ${file}`)
    return files.length
  })
  return `${counts.join(' and ')} files`
}

async function publint() {
  const { publint } = await import(toolUrl('publint'))
  for (const pkgDir of [sdk, collector]) {
    const { messages } = await publint({ pkgDir, strict: true, pack: false })
    assert.deepEqual(
      messages.filter(({ type }) => type !== 'suggestion'),
      [],
    )
  }
}

/**
 * The SDK only: the collector is a program, without types. All but the server's entry are ES modules only; the compiler
 * checks CommonJS below. `script.js` and `stub.js` are no modules.
 */
async function typesWrong() {
  const attw = join(tools, 'node_modules/@arethetypeswrong/cli/dist/index.js')
  const options = ['--profile=esm-only', '--format=ascii', '--no-emoji', '--no-color']
  const files = ['--exclude-entrypoints', 'script.js', 'stub.js']
  await run(process.execPath, [attw, tarballs['@headwater/sdk'], ...options, ...files])
}

async function checkSyntax() {
  const { parse } = createRequire(join(tools, 'package.json'))('acorn')
  const files = [...scriptsIn(sdk), ...scriptsIn(collector).filter((file) => /\/sdk[/.]/.test(file))]
  for (const file of files) {
    const sourceType = file.endsWith('.cjs') ? 'script' : 'module'
    const code = readFileSync(file, 'utf8')
    assert.doesNotThrow(() => parse(code, { ecmaVersion: 2020, sourceType }), file)
    assert.doesNotMatch(
      code,
      /\(\?<[=!]/,
      `${file} looks behind in a pattern, which Safari before 16.4 cannot read`,
    )
  }
  return `${files.length} files`
}

function checkSourceMaps() {
  const files = scriptsIn(sdk)
  for (const file of files) {
    const map = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
    const code = readFileSync(file, 'utf8')
    const isNamed = code.endsWith(`//# sourceMappingURL=${file.split('/').at(-1)}.map\n`)
    assert.equal(isNamed, !/\/(script|stub)\.js$/.test(file), `${file} names its map`)
    if (map.sources.length > 0) assert.ok(leadsToSources(map, code), `${file}.map`)
  }
  return `${files.length} maps`
}

/** Whether a position that the map knows is a line of a source that comes with it. */
function leadsToSources(map, code) {
  const places = new SourceMap(map)
  const entries = code.split('\n').map((line, at) => places.findEntry(at, Math.floor(line.length / 2)))
  const found = entries.filter(({ originalSource }) => originalSource)
  return (
    found.length > 0 &&
    found.every(({ originalSource, originalLine }) => {
      const text = map.sourcesContent[map.sources.indexOf(originalSource)]
      return originalLine < text.split('\n').length
    })
  )
}

async function runIn(program) {
  for (const file of ['node-esm.mjs', 'node-cjs.cjs']) {
    const { stderr } = await run(program, [file], { cwd: folder })
    assert.equal(stderr, '')
  }
}

/** npm asks its registry for a name; the packed file stands for it. The second start is of the installed package, as it is faster. */
async function runByNpx() {
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'
  const command = [npx, '--yes', '--prefer-offline', `file:${tarballs['@headwater/collector']}`]
  const args = ['collector.mjs', ...command, '--then', process.execPath, join(collector, 'bin/headwater.js')]
  await run(process.execPath, args, { cwd: folder, env })
  await forgetNpx()
}

/** npx keeps what it has installed, by the file's path, which no later run has. */
async function forgetNpx() {
  const { stdout: cache } = await npm(root, 'config', 'get', 'cache')
  const place = join(cache.trim(), '_npx')
  for (const name of readdirSync(place)) {
    const manifest = join(place, name, 'package.json')
    if (existsSync(manifest) && readFileSync(manifest, 'utf8').includes(tarballs['@headwater/collector']))
      rmSync(join(place, name), { recursive: true })
  }
}

async function checkOtherNode(name) {
  if (!hasOtherNodes) return console.log(`- ${name}: npm has it for Linux on x64 only, so it was not run`)
  const program = join(tools, 'node_modules', name, 'bin/node')
  const { stdout: version } = await run(program, ['--version'])
  await check(`Node ${version.trim().slice(1)} runs both`, async () => {
    await runIn(program)
    const command = ['--once', program, join(collector, 'bin/headwater.js')]
    await run(program, ['collector.mjs', ...command], { cwd: folder })
  })
}

async function tsc(module, moduleResolution, files) {
  const compilerOptions = {
    ...{ module, moduleResolution, target: 'ES2020', lib: ['ES2020', 'DOM', 'DOM.Iterable'] },
    ...{ strict: true, noEmit: true, jsx: 'react-jsx', types: [], skipDefaultLibCheck: true },
  }
  const project = join(folder, `tsconfig.${module}.json`)
  writeFileSync(project, JSON.stringify({ compilerOptions, files }))
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project])
}

async function viteBuild(entry) {
  const [fileName] = entry.split('.')
  const build = { lib: { entry, fileName, formats: ['es'] }, outDir: 'made/vite', emptyOutDir: false }
  await vite.build({ root: folder, logLevel: 'silent', configFile: false, build })
  return sizeOf(`made/vite/${fileName}.js`)
}

async function webpackBuild(entry) {
  const { default: webpack } = await import(toolUrl('webpack'))
  // What webpack is given in place of a loader: the compiler has removed the types before.
  const [name] = entry.split('.')
  await esbuild.build({ entryPoints: [join(folder, entry)], outfile: join(folder, `made/${name}.js`) })
  const config = {
    ...{ mode: 'production', context: folder, entry: `./made/${name}.js`, target: ['web', 'es2020'] },
    output: { path: join(folder, 'made/webpack'), filename: `${name}.js` },
  }
  const stats = await promisify(webpack)(config)
  assert.deepEqual(stats.toJson({ errors: true, warnings: true }).errors, [])
  return sizeOf(`made/webpack/${name}.js`)
}

async function checkNothing() {
  await viteBuild('nothing.js')
  await webpackBuild('nothing.js')
  for (const file of ['made/vite/nothing.js', 'made/webpack/nothing.js'])
    assert.equal(readFileSync(join(folder, file), 'utf8').trim(), '')
}

async function checkApp() {
  const { outputFiles } = await esbuild.build({
    ...{ bundle: true, write: false, format: 'esm', platform: 'neutral', external: ['react-native'] },
    stdin: { contents: `export { createClient } from '@headwater/sdk/react-native'`, resolveDir: folder },
  })
  for (const word of ['IDBKeyRange', 'navigator.locks', 'localStorage', 'document.', 'node:'])
    assert.ok(!outputFiles[0].text.includes(word), `${word} is in the bundle`)
}

function sizeOf(file) {
  return `${(readFileSync(join(folder, file)).length / 1000).toFixed(1)} kB`
}
