/** Starts a collector: database, ingest, HTTP server; stops it without losing what it has taken. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkSchemaVersion, migrate } from '@headwater/db/migrate'
import { type OpenDatabase, openDatabase } from '@headwater/db/open-database'
import type { AppEnv } from '@headwater/server/app-env'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import type { AppDeps } from './app.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { createDevelopment } from './dev/development.ts'
import { operationsRoute } from './http/operations.ts'
import { createIngest } from './ingest/ingest.ts'
import { createSdkFiles } from './sdk-files.ts'
import { createSecrets, openPepper } from './secrets.ts'
import { createTokenFinder } from './websites/find-token.ts'

export interface Collector {
  /** Where it listens, as in `http://127.0.0.1:8787`. */
  url: string
  /** Stops accepting, answers what it has taken, lets go of the database. */
  stop(): Promise<void>
}

export interface StartOptions {
  config: Config
  /** Development binds to 127.0.0.1, migrates by itself, has a demo website, `/` and `/demo`. */
  mode: 'serve' | 'dev'
  onError?(error: unknown): void
  /** Epoch ms; default `Date.now`. */
  now?(): number
}

/** A request that trickles in for longer than this is given up: 408, by Node, which looks every second. */
const requestTimeoutMs = 10_000
/** As much as large proxies take: cookies of the page's own origin, and agents that carry everything in their name. */
const maxHeaderBytes = 65_536
/** A request that has not ended by then is cut off, so that a shutdown takes less than 5 s. */
const shutdownPatienceMs = 3_500

/** Starts a collector and answers once it listens. Throws when the schema is not this version's, or the port is taken. */
export async function startCollector(options: StartOptions): Promise<Collector> {
  const opened = await openDatabase(options.config)
  try {
    await (options.mode === 'dev' ? migrate(opened.db) : checkSchemaVersion(opened.db))
    return await listen(opened, options)
  } catch (error) {
    await opened.close()
    throw error
  }
}

async function listen(
  opened: OpenDatabase,
  { config, mode, onError = console.error, now = Date.now }: StartOptions,
): Promise<Collector> {
  const { db, lock } = opened
  const secrets = createSecrets(openPepper(config))
  let isReady = true
  const deps: AppDeps = {
    db,
    ingest: createIngest({ db, secrets, now, onError }),
    tokens: createTokenFinder({ db, secrets, now }),
    sdkFiles: createSdkFiles(),
    trustedProxyHops: config.trustedProxyHops,
    now,
    isReady: () => isReady,
    onError,
  }
  const extras: Hono<AppEnv>[] = lock ? [operationsRoute({ db, secrets }, lock.secret)] : []
  const development =
    mode === 'dev' ? await createDevelopment({ db, secrets, config, sdkFiles: deps.sdkFiles }) : undefined
  if (development) {
    deps.onStored = development.onStored
    extras.push(development.routes)
  }
  const server = createAdaptorServer({
    fetch: createApp(deps, extras).fetch,
    serverOptions: {
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: maxHeaderBytes,
    },
  })
  const host = development ? '127.0.0.1' : config.host
  server.listen(config.port, host)
  await once(server, 'listening') // rejects when the port is taken
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}` // listens on TCP
  opened.announce(url)
  development?.announce(url)

  return {
    url,
    async stop() {
      isReady = false // from here on every answer closes its connection
      const closed = once(server, 'close')
      server.close()
      const http = server as Server // no other kind was asked for
      http.closeIdleConnections()
      const patience = setTimeout(() => http.closeAllConnections(), shutdownPatienceMs)
      await closed
      clearTimeout(patience)
      await deps.ingest.drain()
      await opened.close()
    },
  }
}
