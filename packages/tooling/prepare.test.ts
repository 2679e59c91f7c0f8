/** What `prepare` does in a fresh clone, and when it does nothing. */
import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@headwater/testkit/databases'
import { beforeEach, describe, expect, test } from 'vitest'

/** Stands for npm: what it was asked, and the file that npm writes last. */
const npm = `#!/usr/bin/env node
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
appendFileSync('log', 'npm ' + process.argv[2] + '\\n')
mkdirSync('node_modules', { recursive: true })
writeFileSync('node_modules/.package-lock.json', '{}')
`

/** Stands for rollup: fails when the sources say so. */
const rollup = `#!/usr/bin/env node
const { appendFileSync, mkdirSync, readFileSync } = require('node:fs')
appendFileSync('log', 'rollup\\n')
if (readFileSync('schema.sql', 'utf8').includes('broken')) {
  console.error('schema.sql is broken')
  process.exit(1)
}
for (const folder of ['sdk/dist', 'collector/dist']) mkdirSync(folder, { recursive: true })
`

const clone: { [path: string]: string } = {
  'package.json': '{ "workspaces": ["sdk", "collector"] }',
  'package-lock.json': '{}',
  'sdk/package.json': '{}',
  'collector/package.json': '{}',
  'sdk/src/core/queue.ts': '',
  'sdk/src/core/queue.test.ts': '',
  'collector/src/ingest/store/sql/insert_events.sql': '',
  'packages/contract/src/index.ts': '',
  'schema.sql': '',
  'rollup.config.mjs': '',
  'bin/npm': npm,
  'node_modules/rollup/dist/bin/rollup': rollup,
}

let folder = ''
const at = (path: string) => join(folder, path)

const write = async (path: string, text: string) => {
  await mkdir(dirname(at(path)), { recursive: true })
  await writeFile(at(path), text)
}

const changedLater = async (path: string) => {
  const later = Date.now() / 1000 + 10
  await utimes(at(path), later, later)
}

const prepare = async () => {
  await write('log', '')
  const path = [at('bin'), dirname(process.execPath), process.env.PATH].join(delimiter)
  const script = at('packages/tooling/prepare.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
    env: { PATH: path },
    encoding: 'utf8',
  })
  const steps = (await readFile(at('log'), 'utf8')).split('\n').filter(Boolean)
  return { status, steps, stdout, stderr }
}

// The stand-in for npm is a script that Windows would not start.
describe.skipIf(process.platform === 'win32')('prepare', () => {
  beforeEach(async () => {
    folder = await temporaryFolder()
    for (const [path, text] of Object.entries(clone)) await write(path, text)
    await chmod(at('bin/npm'), 0o755)
    await mkdir(at('packages/tooling'))
    await copyFile(
      fileURLToPath(new URL('./prepare.mjs', import.meta.url)),
      at('packages/tooling/prepare.mjs'),
    )
  })

  test('a fresh clone is installed, then built, with a line for each', async () => {
    const { status, steps, stdout } = await prepare()
    expect({ status, steps }).toEqual({ status: 0, steps: ['npm install', 'rollup'] })
    expect(stdout).toMatch(/^Installing packages .* … [\d.]+ s\nBuilding … [\d.]+ s\n$/)
  })

  test('the second run does nothing and prints nothing', async () => {
    await prepare()
    expect(await prepare()).toEqual({ status: 0, steps: [], stdout: '', stderr: '' })
  })

  test.each([
    ['sdk/src/core/queue.ts', ['rollup']],
    ['collector/src/ingest/store/sql/insert_events.sql', ['rollup']],
    ['packages/contract/src/index.ts', ['rollup']],
    ['schema.sql', ['rollup']],
    ['sdk/src/core/queue.test.ts', []],
    ['package-lock.json', ['npm install', 'rollup']],
    ['collector/package.json', ['npm install', 'rollup']],
  ])('a change of %s leads to %j', async (path, steps) => {
    await prepare()
    await changedLater(path)
    expect((await prepare()).steps).toEqual(steps)
  })

  test('a removed source leads to a build', async () => {
    await prepare()
    await rm(at('sdk/src/core/queue.ts'))
    await changedLater('sdk/src/core')
    expect((await prepare()).steps).toEqual(['rollup'])
  })

  test('a removed build is built again', async () => {
    await prepare()
    await rm(at('sdk/dist'), { recursive: true })
    expect((await prepare()).steps).toEqual(['rollup'])
  })

  test('a build that fails says why and what to do, and is tried again', async () => {
    await write('schema.sql', 'broken')
    const { status, stderr } = await prepare()
    expect(status).toBe(1)
    expect(stderr).toBe(
      'schema.sql is broken\n\nBuilding failed. Fix what it names, then run `npm run build` to see it again.\n',
    )
    expect((await prepare()).steps).toEqual(['rollup'])
  })

  test('with an older Node it says which version is needed', async () => {
    const script = await readFile(at('packages/tooling/prepare.mjs'), 'utf8')
    await write('packages/tooling/prepare.mjs', script.replace('process.versions.node', `'18.20.4'`))
    expect(await prepare()).toMatchObject({
      status: 1,
      steps: [],
      stderr:
        'Headwater needs Node 20.19 or newer; this is 18.20.4. Install a newer Node.js and try again.\n',
    })
  })
})
