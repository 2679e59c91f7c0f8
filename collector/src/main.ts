/** Starts a collector: database, ingest, HTTP server, workers; stops it without losing accepted requests. */
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
import { createErrorLog } from './error-log.ts'
import { operationsRoute } from './http/operations.ts'
import { createIngest } from './ingest/ingest.ts'
import { createSdkFiles } from './sdk-files.ts'
import { createSecrets, openPepper } from './secrets.ts'
import { createTokenFinder } from './websites/find-token.ts'
import { startWorkers } from './workers.ts'

export interface Collector {
  /** The address it listens on, for example `http://127.0.0.1:8787`. */
  url: string
  /** Stops accepting requests, answers those it has accepted, and releases the database. */
  stop(): Promise<void>
}

export interface StartOptions {
  config: Config
  /** Development mode binds to 127.0.0.1, migrates the database, and adds a demo website, `/` and `/demo`. */
  mode: 'serve' | 'dev'
  /** Called with failures that no response reports; default: an error log on standard error. */
  onError?(error: unknown): void
  /** Epoch ms; default `Date.now`. */
  now?(): number
}

/** Node answers 408 to a request that takes longer than this to arrive; it checks every second. */
const requestTimeoutMs = 10_000
/** Longer than clients and proxies keep idle connections (60 s): otherwise a request could meet one that is just closing. */
const keepAliveTimeoutMs = 75_000
/** As much as large proxies accept: first-party cookies and user agents can be long. */
const maxHeaderBytes = 65_536
/** Requests still open after this are cut off, so that a shutdown takes less than 5 s. */
const drainLimitMs = 3_500

/** Starts a collector and resolves once it listens. Throws if the schema version does not match or the port is in use. */
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
  { config, mode, onError = createErrorLog(), now = Date.now }: StartOptions,
): Promise<Collector> {
  const { db, lock } = opened
  const secrets = createSecrets(openPepper(config))
  let isReady = true
  const deps: AppDeps = {
    db,
    secrets,
    ingest: createIngest({ db, secrets, now, onError }),
    tokens: createTokenFinder({ db, secrets, now }),
    sdkFiles: createSdkFiles(),
    trustedProxyHops: config.trustedProxyHops,
    now,
    isReady: () => isReady,
    onError,
  }
  const extras: Hono<AppEnv>[] = lock ? [operationsRoute({ db, secrets, now }, lock.secret)] : []
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
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: maxHeaderBytes,
    },
  })
  const host = development ? '127.0.0.1' : config.host
  server.listen(config.port, host)
  await once(server, 'listening') // rejects if the port is in use
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}` // listens on TCP
  opened.announce(url)
  development?.announce(url)
  const workers = startWorkers({ db, now, onError })

  return {
    url,
    async stop() {
      isReady = false // every response closes its connection from now on
      const closed = once(server, 'close')
      server.close()
      const http = server as Server // the adaptor's default kind
      http.closeIdleConnections()
      const cutOff = setTimeout(() => http.closeAllConnections(), drainLimitMs)
      const idle = workers.stop()
      await closed
      clearTimeout(cutOff)
      await Promise.all([idle, deps.ingest.drain()])
      await opened.close()
    },
  }
}
