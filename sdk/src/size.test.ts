/** The size run: what the script tag and the stub weigh, and what must not have come along. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../dist/${file}`, import.meta.url), 'utf8')
const script = read('script.js')

/** By so much the `gzip` command has made a file larger than Node does. */
const spare = 4

// The tag: below two thirds of the lightest SDK with a durable queue (Snowplow, 17.9 kB). The stub: it is inline in pages.
test.each([
  ['script.js', 11_264],
  ['stub.js', 1_100],
])('%s weighs at most %i bytes (gzip -9)', (file, maxBytes) => {
  const bytes = gzipSync(read(file), { level: 9 }).length + spare
  console.log(`sdk/dist/${file}: ${bytes} bytes or less by gzip -9`)
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
