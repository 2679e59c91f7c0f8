/** The SDK files as a page gets them. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { answerProblem } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import { identifyRequest } from '@headwater/server/identify-request'
import type { Problem } from '@headwater/server/problem'
import { temporaryFolder } from '@headwater/testkit/databases'
import { Hono } from 'hono'
import { beforeAll, describe, expect, it } from 'vitest'
import { listSdk, sdkText } from '../cli/print-sdk.ts'
import { createSdkFiles, integrityOf, type SdkFiles } from '../sdk-files.ts'
import { sdkScriptRoute } from './sdk-script.ts'

const script = 'console.log("größer")'
let files: SdkFiles
let app: Hono<AppEnv>

beforeAll(async () => {
  const folder = await temporaryFolder()
  await mkdir(`${folder}/sdk`)
  await writeFile(`${folder}/sdk.js`, script)
  await writeFile(`${folder}/sdk/stub.js`, 'stub()')
  await writeFile(`${folder}/sdk/web-vitals.js`, 'vitals()')
  await writeFile(`${folder}/sdk/Secret.js`, 'no')
  await writeFile(`${folder}/secret.js`, 'no')
  files = createSdkFiles(() => folder, '1.2.3')
  app = serve(files)
})

function serve(files: SdkFiles) {
  const routes = new Hono<AppEnv>()
    .use(identifyRequest({ now: () => 0, isReady: () => true }))
    .route('/', sdkScriptRoute(files))
  return routes.onError((error, c) => answerProblem(c, error as Problem)) // the route throws only Problems
}

describe('an SDK file', () => {
  it.each([
    ['/sdk.js', script, 'public, max-age=300'],
    ['/sdk-1.2.3.js', script, 'public, max-age=31536000, immutable'],
    ['/sdk/stub.js', 'stub()', 'public, max-age=300'],
    ['/sdk/web-vitals.js', 'vitals()', 'public, max-age=300'],
    ['/sdk-1.2.3/web-vitals.js', 'vitals()', 'public, max-age=31536000, immutable'],
  ])('at %s is a script for any page, cached as long as its address allows', async (path, text, caching) => {
    const response = await app.request(path)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(text)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': caching,
      'content-type': 'text/javascript; charset=utf-8',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
    const again = await app.request(path, {
      headers: { 'if-none-match': response.headers.get('etag') ?? '' },
    })
    expect([again.status, again.headers.get('access-control-allow-origin')]).toEqual([304, '*'])
  })

  it.each([
    ['another version', '/sdk-1.2.4.js', 'serves version 1.2.3'],
    ['another version of an optional file', '/sdk-1.2.4/stub.js', 'serves version 1.2.3'],
    ['a missing file', '/sdk/vitals.js', 'no file sdk/vitals.js'],
  ])('of %s is 404, with what is available', async (_, path, detail) => {
    const response = await app.request(path)
    expect(response.status).toBe(404)
    expect(response.headers.get('access-control-allow-origin')).toBe('*') // so that the browser shows the 404
    expect(await response.json()).toMatchObject({
      code: 'not_found',
      detail: expect.stringContaining(detail),
    })
  })

  it.each([
    '/sdk/Secret.js',
    '/sdk/../secret.js',
    '/sdk/..%2fsecret.js',
    '/sdk/stub.js.map',
    '/sdk-1.2.3/a/b.js',
  ])('is not served at %s', async (path) => {
    expect((await app.request(path)).status).toBe(404)
  })

  it('that is not built is 404, with what to do', async () => {
    const empty = await temporaryFolder()
    const response = await serve(createSdkFiles(() => empty, '1.2.3')).request('/sdk.js')
    expect(await response.json()).toMatchObject({
      status: 404,
      detail: expect.stringContaining('npm run build'),
    })
  })
})

describe('the integrity of an SDK file', () => {
  it('is the hash of the bytes that a browser gets', async () => {
    const bytes = new Uint8Array(await (await app.request('/sdk-1.2.3.js')).arrayBuffer())
    const hash = createHash('sha384').update(bytes).digest('base64')
    expect(integrityOf(script)).toBe(`sha384-${hash}`)
  })

  it('is listed for every file, with the whole tag for the script', async () => {
    const listings = await listSdk(files)
    expect(listings).toMatchObject([
      {
        path: 'sdk.js',
        fixed_path: 'sdk-1.2.3.js',
        version: '1.2.3',
        bytes: 23,
        gzip_bytes: expect.any(Number),
        integrity: integrityOf(script),
        tag: expect.stringMatching(
          /^<script async src="https:.*\/sdk-1\.2\.3\.js" integrity="sha384-.{64}" crossorigin="anonymous" data-token=.*<\/script>$/,
        ),
      },
      { path: 'sdk/stub.js', fixed_path: 'sdk-1.2.3/stub.js', integrity: integrityOf('stub()') },
      { path: 'sdk/web-vitals.js' },
    ])
    expect(sdkText(listings)).toContain(listings[0]?.tag)
    expect(listings[1]).not.toHaveProperty('tag')
  })
})
