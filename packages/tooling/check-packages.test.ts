/** States that the packages install and work outside of this repository, and that bundles of the SDK deliver in a browser. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { launchChromium } from '@headwater/testkit/chromium'
import { temporaryFolder } from '@headwater/testkit/databases'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startTestSite, token } from '../journeys/src/browser/test-site.ts'

const script = fileURLToPath(new URL('check-packages.mjs', import.meta.url))

describe('packed as for npm, and installed into a folder outside of the repository', () => {
  let folder = ''
  let failure: unknown
  beforeAll(async () => {
    folder = await temporaryFolder()
    // vitest sets NODE_ENV, which would make Vite build for tests.
    const { NODE_ENV, ...env } = process.env
    await promisify(execFile)(process.execPath, [script, folder], { env }).then(
      ({ stdout }) => console.log(stdout),
      (error: { stdout: string; stderr: string }) => {
        failure = `${error.stdout}${error.stderr}`
      },
    )
  }, 300_000)

  test('both packages pass every check', () => {
    expect(failure).toBeUndefined()
  })

  test.each(['worker', 'service worker'] as const)(
    'a %s can import the SDK, and learns that a client needs a page',
    async (kind) => {
      const pages = await serve(`${folder}/made/vite`, { '/': '<!doctype html><title>Workers</title>' })
      const browser = await launchChromium()
      onTestFinished(async () => {
        await browser.close()
        await pages.close()
      })
      const page = await browser.newPage()
      await page.goto(pages.origin)
      expect(await page.evaluate(askWorker, kind)).toMatch(
        /createClient: must run in a browser, found no window/,
      )
    },
  )

  test.each(['vite', 'webpack'])(
    'what %s makes of the SDK delivers a page view and an event in a browser',
    async (bundler) => {
      const site = await startTestSite()
      const pages = await serve(`${folder}/made/${bundler}`, {
        '/': `<!doctype html><title>${bundler}</title><script type="module" src="page.js"></script>
        <body data-token="${token}" data-endpoint="${site.origin}">`,
      })
      const browser = await launchChromium()
      onTestFinished(async () => {
        await browser.close()
        await pages.close()
        await site.close()
      })
      const page = await browser.newPage()
      await page.goto(pages.origin)
      await page.getByText('Stored:').waitFor()
      const events = site.events.filter(({ name }) => name !== 'web_vital') // whenever the browser knows them
      expect(events.map(({ name, props }) => [name, props?.by])).toEqual([
        ['page_view', undefined],
        ['packed', bundler],
      ])
    },
  )
})

/** What `consumers/worker.js` answers; a function for the page. */
async function askWorker(kind: 'worker' | 'service worker'): Promise<string> {
  const isService = kind === 'service worker'
  if (isService) await navigator.serviceWorker.register('worker.js', { type: 'module' })
  const worker = isService
    ? (await navigator.serviceWorker.ready).active
    : new Worker('worker.js', { type: 'module' })
  const answer = new Promise<string>((resolve) => {
    const target = isService ? navigator.serviceWorker : (worker as Worker) // the other has no answers
    target.onmessage = ({ data }: MessageEvent<string>) => resolve(data)
  })
  worker?.postMessage('')
  return answer
}

/** A website of the files in a folder, and of these pages. */
async function serve(folder: string, pages: Record<string, string>) {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const isScript = /^\/[\w.-]+\.js$/.test(path)
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? readFileSync(folder + path) : pages[path])
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { origin: `http://127.0.0.1:${port}`, close }
}
