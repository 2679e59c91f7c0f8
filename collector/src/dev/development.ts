/** Development mode: a demo website with its tokens, the start page, the demo shop, and the live view behind them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { answer, answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import { Hono, type MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import type { StoredBatch } from '../ingest/commit/commit.ts'
import { type OperationDeps, operations } from '../operations.ts'
import { fixedTag, type SdkFiles } from '../sdk-files.ts'
import type { Website } from '../websites/websites.ts'
import demoPage from './demo.html?raw'
import { createFeed } from './feed.ts'
import { readLiveView } from './live-view.ts'
import startPage from './start.html?raw'

/** What scripts need to reach a development collector. */
export interface DevFile {
  url: string
  website_id: string
  public_token: string
  secret_token: string
}

export interface Development {
  routes: Hono<AppEnv>
  onStored(batch: StoredBatch): void
  /** Writes dev.json, once the address is known. */
  announce(url: string): void
}

/** `.headwater/dev.json`, next to the data folder. */
export const devFile = ({ dataDir }: Config): string => join(dirname(dataDir), 'dev.json')

const html = { headers: { 'content-type': 'text/html; charset=UTF-8' } }

const demoName = 'Demo shop'

/** Finds or creates the demo website and its tokens. */
export async function createDevelopment(
  deps: OperationDeps & { config: Config; sdkFiles: SdkFiles },
): Promise<Development> {
  const website = await findDemoWebsite(deps)
  const tokens = await findTokens(deps, website)
  const feed = createFeed()
  const demo = demoPage.replaceAll('{{public_token}}', tokens.public_token)

  const routes = new Hono<AppEnv>()
    .use('/dev/*', onlyLocalHosts)
    .use('/demo/*', onlyLocalHosts)
    .get('/', (c) => answer(c, startPage, html))
    .get('/demo', (c) => answer(c, demo, html))
    .get('/demo/*', (c) => answer(c, demo, html))
    .get('/dev/state', async (c) => {
      const view = await readLiveView(deps.db, website.id)
      const { id, name } = website
      const { origin } = new URL(c.req.url)
      const script = await deps.sdkFiles.read('sdk.js')
      const fixed_tag = script ? fixedTag(script, { origin, token: tokens.public_token }) : null
      const shown = { id, name, public_token: tokens.public_token, fixed_tag }
      return answerJson(c, { website: shown, ...feed.merge(view) })
    })
  return {
    routes,
    onStored: feed.onStored,
    announce(url) {
      const content: DevFile = { url, website_id: website.id, ...tokens }
      mkdirSync(dirname(devFile(deps.config)), { recursive: true })
      writeFileSync(devFile(deps.config), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
    },
  }
}

/** Rejects other host names, through which a foreign page could read this data (DNS rebinding). */
const onlyLocalHosts: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { hostname } = new URL(c.req.url)
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return c.notFound()
  await next()
}

async function findDemoWebsite(deps: OperationDeps): Promise<Website> {
  const websites = await operations['website.list'](deps)
  const known = websites.find(({ name }) => name === demoName)
  return known ?? operations['website.create'](deps, { name: demoName, url: 'http://127.0.0.1/demo' })
}

/** The database stores only hashes, so tokens survive a restart in dev.json; lost ones are replaced. */
async function findTokens(deps: OperationDeps & { config: Config }, website: Website) {
  const kept = readDevFile(devFile(deps.config))
  const inForce = (await operations['token.list'](deps, { website: website.id })).filter(
    ({ revoked_at }) => !revoked_at,
  )
  const find = async (kind: 'public' | 'secret', shown: string | undefined) => {
    if (
      shown &&
      inForce.some(({ kind: known, token_prefix }) => known === kind && shown.includes(`_${token_prefix}`))
    )
      return shown
    const name = `${kind}, made by headwater dev, ${new Date().toISOString()}`
    const scopes =
      kind === 'public' ? ['events:write'] : ['events:write', 'reports:read', 'customers:read', 'admin']
    return (await operations['token.create'](deps, { website: website.id, name, kind, scopes })).token
  }
  return {
    public_token: await find('public', kept?.public_token),
    secret_token: await find('secret', kept?.secret_token),
  }
}

function readDevFile(file: string): DevFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DevFile // written by announce
  } catch {
    return undefined // first start, or the file was removed
  }
}
