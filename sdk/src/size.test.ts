/** States how large the script tag and the stub may be, and what must not be in them. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { expect, test } from 'vitest'

const pathOf = (file: string) => fileURLToPath(new URL(`../dist/${file}`, import.meta.url))
const script = readFileSync(pathOf('script.js'), 'utf8')

// With the gzip command, because Node's zlib packs these files 20 to 30 bytes smaller.
const weigh = (file: string) => execFileSync('gzip', ['-9', '-c', pathOf(file)]).length

// The tag: below two thirds of the lightest SDK with a durable queue (Snowplow, 17.9 kB). The stub: it is inline in pages.
test.each([
  ['script.js', 11_264],
  ['stub.js', 1_100],
])('%s has at most %i bytes (gzip -9)', (file, maxBytes) => {
  const bytes = weigh(file)
  console.log(`sdk/dist/${file}: ${bytes} bytes by gzip -9`)
  expect(bytes).toBeLessThanOrEqual(maxBytes)
})

test('react.js adds at most 800 bytes to the client (minified, gzip -9)', async () => {
  const { code } = await transform(readFileSync(pathOf('react.js')), { minify: true })
  const bytes = execFileSync('gzip', ['-9', '-c'], { input: code }).length
  console.log(`sdk/dist/react.js: ${bytes} bytes minified, by gzip -9`)
  expect(bytes).toBeLessThanOrEqual(800)
})

test.each([
  ['zod', '_zod'],
  ['the public suffix list', 'kawasaki'],
  ['the referrer tables', 'duckduckgo'],
  ['the whole text of an error', 'headwater token create'],
])('%s is not in it', (_, marker) => {
  expect(script).not.toContain(marker)
})

test('it logs codes and a link instead of whole texts', async () => {
  const logged: unknown[] = []
  const tag = { dataset: {}, src: 'https://stats.example.com/sdk.js' }
  const run = new Function('document', 'window', 'navigator', 'location', 'console', script)
  run(
    { currentScript: tag },
    {},
    {},
    { search: '' },
    { warn: (warning: Error) => logged.push(warning.message) },
  )
  await Promise.resolve()
  expect(logged).toEqual(['invalid_option: `token` is undefined, see sdk/ERRORS.md#invalid_option'])
})
