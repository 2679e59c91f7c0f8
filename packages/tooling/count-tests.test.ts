/** How a run of tests is counted for its last line. */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@headwater/testkit/databases'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('./count-tests.mjs', import.meta.url))

const count = async (results?: object) => {
  const file = join(await temporaryFolder(), 'vitest.json')
  if (results) await writeFile(file, JSON.stringify(results))
  const { status, stdout } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' })
  return { status, line: stdout.trimEnd() }
}

const ran = {
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{}] }],
}
const unloaded = { status: 'failed', assertionResults: [] }

test.each([
  ['passed', ran, 0, '12 passed, 0 failed'],
  ['failed once', { ...ran, numFailedTests: 1 }, 1, '12 passed, 1 failed'],
  ['skipped something', { ...ran, numPendingTests: 2, numTodoTests: 1 }, 0, '12 passed, 0 failed, 3 skipped'],
  ['has a file that could not be loaded', { ...ran, testResults: [unloaded] }, 1, '12 passed, 1 failed'],
  ['ran no test', { ...ran, numPassedTests: 0, testResults: [] }, 1, '0 passed, 0 failed'],
  ['left no results', undefined, 1, '0 passed, 0 failed'],
])('a run that %s is counted so', async (_run, results, status, line) => {
  expect(await count(results)).toEqual({ status, line })
})
