/** Type-checks every project of the repository, two at a time, and prints one line each. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const atATime = 2 // tsc is bound by one core, and CI has two
const projects = [
  'packages/journeys', // first, because it takes longest: it checks most tests
  'packages/testkit',
  'packages/db',
  'packages/server',
  'packages/jobs',
  'collector',
  'sdk/src/browser',
  'sdk/src/core',
  'sdk/src/extras',
  'sdk/src/node',
  'sdk/src/react',
  'sdk/src/react-native',
  'packages/contract',
  'packages/attribution',
  'packages/bench',
  'examples/vite',
]

const waiting = projects.filter((project) => existsSync(`${root}${project}/tsconfig.json`))
const failed = []
await Promise.all(Array.from({ length: atATime }, checkNext))
if (failed.length > 0) {
  console.error(`Type errors in ${failed.join(', ')}.`)
  process.exit(1)
}

async function checkNext() {
  for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) await check(project)
}

async function check(project) {
  const startedAt = performance.now()
  const { code, output } = await run('node_modules/typescript/bin/tsc', '-p', `${project}/tsconfig.json`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${code === 0 ? '✓' : '✗'} ${project} ${seconds} s`)
  if (code === 0) return
  console.error(output)
  failed.push(project)
}

function run(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root })
    const pieces = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => pieces.push(piece))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output: Buffer.concat(pieces).toString() }))
  })
}
