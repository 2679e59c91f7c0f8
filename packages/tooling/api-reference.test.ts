/** States that the API reference of the SDK says what the doc comments say. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('docs/api-sdk.md is what the doc comments make it', async () => {
  const script = fileURLToPath(new URL('api-reference.mjs', import.meta.url))
  const { stderr } = await promisify(execFile)(process.execPath, [script, '--check'])
  expect(stderr).toBe('')
})
