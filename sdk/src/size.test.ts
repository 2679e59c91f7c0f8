/** The size run: what the script tag weighs, and what must not have come along. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const script = readFileSync(new URL('../dist/script.js', import.meta.url), 'utf8')
/** Below half of the lightest SDK with a durable queue (Snowplow, 17.9 kB); with everything that is planned for it. */
const maxBytes = 10_240

test(`the script tag weighs at most ${maxBytes} bytes (gzip -9)`, () => {
  const bytes = gzipSync(script, { level: 9 }).length
  console.log(`sdk/dist/script.js: ${script.length} bytes, ${bytes} gzip -9`)
  expect(bytes).toBeLessThanOrEqual(maxBytes)
})

test.each([
  ['zod', '_zod'],
  ['the public suffix list', 'kawasaki'],
  ['the referrer tables', 'duckduckgo'],
  ['the whole text of an error', 'headwater token create'],
])('%s is not in it', (_, marker) => {
  expect(script).not.toContain(marker)
})

test('it says codes and a link where npm says whole texts', () => {
  const tag = { dataset: {}, src: 'https://stats.example.com/sdk.js' }
  const run = new Function('document', 'window', 'navigator', script)
  const start = () => run({ currentScript: tag }, {}, {})
  expect(start).toThrow("option_token: '', see sdk/ERRORS.md#option_token")
})
