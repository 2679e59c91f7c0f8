/** Serves the files of the SDK: `/sdk.js`, which follows the collector's version, and `/sdk-<version>.js`, which never changes. */

import { answer } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import { Problem } from '@headwater/server/problem'
import { type Context, Hono } from 'hono'
import type { SdkFiles } from '../sdk-files.ts'

/** Browsers ask again after five minutes, and get 304 while nothing has changed. */
const following = 'public, max-age=300'
/** 31 536 000 s, a year: what browsers keep at most. */
const immutable = 'public, max-age=31536000, immutable'

/** `name` is that of an optional file; `version` is undefined where the address names none. */
interface Wanted {
  name?: string
  version?: string
}

export function sdkScriptRoute(files: SdkFiles): Hono<AppEnv> {
  const serve = async (c: Context<AppEnv>, { name, version }: Wanted) => {
    checkVersion(files, version)
    const path = name ? `sdk/${name}` : 'sdk.js'
    const file = await files.read(path)
    if (!file) throw missing(path)
    const etag = `"${file.integrity}"`
    const headers = {
      etag,
      'cache-control': version ? immutable : following,
      'access-control-allow-origin': '*', // so that a page may check it with SRI
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
    `Version ${wanted.slice(0, 32)} of the SDK is not here; this collector has ${here}. Use /sdk-${here}.js, or /sdk.js for whatever is here.`,
  )
}

function missing(path: string): Problem {
  const detail =
    path === 'sdk.js'
      ? 'The SDK is not built. Run `npm run build`.'
      : `The SDK has no file ${path}. See \`headwater sdk\` for those it has.`
  return new Problem('not_found', detail)
}
