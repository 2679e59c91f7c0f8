/** Prints "N passed, N failed" from the JSON results of a vitest run; exits with 1 when something failed or nothing ran. */
import { existsSync, readFileSync } from 'node:fs'

const [file] = process.argv.slice(2)
const { passed, failed, skipped } = existsSync(file) ? count(file) : { passed: 0, failed: 0, skipped: 0 }
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
if (failed > 0 || passed === 0) process.exitCode = 1

function count(file) {
  const results = JSON.parse(readFileSync(file, 'utf8'))
  // A file that cannot be loaded has no tests, but is still a failure.
  const unloaded = results.testResults.filter(
    (it) => it.status === 'failed' && it.assertionResults.length === 0,
  )
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + unloaded.length,
    skipped: results.numPendingTests + results.numTodoTests,
  }
}
