/** Serves the files of the SDK: `/sdk.js`, which follows the collector's version, and `/sdk-<version>.js`, which never changes. */

import { answer } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import { Problem } from '@headwater/server/problem'
import { type Context, Hono } from 'hono'
import type { SdkFiles } from '../sdk-files.ts'

/** Browsers revalidate after five minutes, and get 304 if nothing has changed. */
const revalidated = 'public, max-age=300'
/** 31 536 000 s, a year: the longest that browsers cache. */
const immutable = 'public, max-age=31536000, immutable'

/** `name` of an optional file; `version` if the address names one. */
interface RequestedFile {
  name?: string
  version?: string
}

export function sdkScriptRoute(files: SdkFiles): Hono<AppEnv> {
  const serve = async (c: Context<AppEnv>, { name, version }: RequestedFile) => {
    checkVersion(files, version)
    const path = name ? `sdk/${name}` : 'sdk.js'
    const file = await files.read(path)
    if (!file) throw missing(path)
    const etag = `"${file.integrity}"`
    const headers = {
      etag,
      'cache-control': version ? immutable : revalidated,
      'access-control-allow-origin': '*', // required for SRI
      'x-content-type-options': 'nosniff',
    }
    if (c.req.header('if-none-match') === etag) return answer(c, null, { status: 304, headers })
    return answer(c, file.text, { headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' } })
  }
  return new Hono<AppEnv>()
    .get('/sdk.js', (c) => serve(c, {}))
    .get('/sdk/:name{[a-z-]+\\.js}', (c) => serve(c, { name: c.req.param('name') }))
    .get('/:file{sdk-[^/]+\\.js}', (c) => serve(c, { version: c.req.param('file').slice(4, -3) }))
    .get('/:folder{sdk-[^/]+}/:name{[a-z-]+\\.js}', (c) =>
      serve(c, { name: c.req.param('name'), version: c.req.param('folder').slice(4) }),
    )
}

function checkVersion({ version: here }: SdkFiles, wanted: string | undefined): void {
  if (wanted === undefined || wanted === here) return
  throw new Problem(
    'not_found',
    `This collector serves version ${here} of the SDK, not ${wanted.slice(0, 32)}. Use /sdk-${here}.js, or /sdk.js for the current version.`,
  )
}

function missing(path: string): Problem {
  const detail =
    path === 'sdk.js'
      ? 'The SDK is not built. Run `npm run build`.'
      : `The SDK has no file ${path}. Run \`headwater sdk\` to list its files.`
  return new Problem('not_found', detail)
}
