/** States that the entry for servers runs where there is no Node, and what it does before its first event. */
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { receipt } from '@headwater/testkit/fake-ports'
import { serverNeeds } from '@headwater/testkit/fake-server'
import { build } from 'esbuild'
import { beforeAll, expect, test, vi } from 'vitest'
import type { createClient } from './index.ts'

let code = ''
let imports: string[] = []

beforeAll(async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    platform: 'neutral',
    format: 'iife',
    globalName: 'headwater',
    define: { __SDK_VERSION__: '"0.0.0"', __SDK_NAME__: '"headwater-node"' },
    metafile: true,
    write: false,
  })
  code = outputFiles[0]?.text ?? ''
  imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path))
})

/** What edge runtimes have. `busy` counts the calls that they forbid outside of a request. */
function edgeRuntime(busy: () => void) {
  const sent: string[] = []
  const globals = {
    ...{
      URL,
      URLSearchParams,
      Response,
      Blob,
      CompressionStream,
      AbortController,
      TextEncoder,
      console,
      clearTimeout,
    },
    performance: { now: () => performance.now() },
    clearInterval,
    setTimeout(task: () => void, ms: number) {
      busy()
      return Number(setTimeout(task, ms))
    },
    setInterval(task: () => void, ms: number) {
      busy()
      return Number(setInterval(task, ms))
    },
    crypto: {
      subtle: crypto.subtle,
      getRandomValues(bytes: Uint8Array<ArrayBuffer>) {
        busy()
        return crypto.getRandomValues(bytes)
      },
    },
    async fetch(_: string, { body }: { body: string }) {
      busy()
      sent.push(body)
      return new Response(JSON.stringify(receipt(JSON.parse(body).events.length).body))
    },
  }
  const create: typeof createClient = runInContext(`${code}; headwater.createClient`, createContext(globals))
  return { create, sent }
}

test('it imports no module of Node', () => {
  expect(imports.length).toBeGreaterThan(0)
  expect(imports.filter((path) => !/\.ts$/.test(path))).toEqual([])
})

test('without Node, a client delivers an event', async () => {
  const { create, sent } = edgeRuntime(() => {})
  const client = create(serverNeeds)
  client.track('a', { userId: 'u1' })
  await client.shutdown()
  expect(sent.map((body) => JSON.parse(body))).toMatchObject([
    { sdk: { name: 'headwater-node', version: '0.0.0' }, events: [{ name: 'a', user_id: 'u1' }] },
  ])
})

test('importing it and creating a client starts no timer, asks for no random number, and sends nothing', () => {
  const busy = vi.fn()
  edgeRuntime(busy).create(serverNeeds)
  expect(busy).not.toHaveBeenCalled()
})

test('without Node, a spool is refused', () => {
  const { create } = edgeRuntime(() => {})
  expect(() => create({ ...serverNeeds, spool: '/tmp/spool' })).toThrow(
    'createClient: `spool` must be a folder that this process may write to, and this runtime has no file system of Node.',
  )
})
