/** `GET /sdk.js`: the script-tag build of the SDK, which the build puts beside the collector. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Hono } from 'hono'
import { Problem } from '../problems.ts'
import type { AppEnv } from './app-env.ts'

/** Browsers ask again after five minutes, and get 304 while nothing has changed. */
const cacheControl = 'public, max-age=300'

export function sdkScriptRoute(): Hono<AppEnv> {
  let script: { text: string; etag: string } | undefined
  return new Hono<AppEnv>().get('/sdk.js', async (c) => {
    script ??= await readScript()
    c.header('etag', script.etag)
    c.header('cache-control', cacheControl)
    c.header('access-control-allow-origin', '*') // so that a page may check it with SRI
    if (c.req.header('if-none-match') === script.etag) return c.body(null, 304)
    c.header('content-type', 'text/javascript; charset=utf-8')
    return c.body(script.text)
  })
}

async function readScript(): Promise<{ text: string; etag: string }> {
  try {
    const text = await readFile(createRequire(import.meta.url).resolve('headwater/sdk.js'), 'utf8')
    return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
  } catch (error) {
    throw new Problem('not_found', 'The SDK is not built. Run `npm run build`.', { cause: error })
  }
}
