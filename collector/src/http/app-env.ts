/** What the routes share: the parts they call, and what a request carries along. */
import type { HttpBindings } from '@hono/node-server'
import type { Db } from '../db/db.ts'
import type { StoredBatch } from '../ingest/commit.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { SdkFiles } from '../sdk-files.ts'
import type { TokenFinder } from '../tokens/find-token.ts'

export interface AppEnv {
  Bindings: Partial<HttpBindings>
  Variables: { requestId: string }
}

export interface AppDeps {
  db: Db
  ingest: Ingest
  tokens: TokenFinder
  sdkFiles: SdkFiles
  trustedProxyHops: number
  /** Epoch ms. */
  now(): number
  /** False while the collector drains. */
  isReady(): boolean
  /** Hears of failures that no answer can carry. */
  onError(error: unknown): void
  /** Sees every stored batch: the live view of development mode. */
  onStored?(batch: StoredBatch): void
}
