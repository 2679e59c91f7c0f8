/**
 * What a test file needs to run on both databases: an empty PostgreSQL database, a folder for PGlite, both removed
 * afterwards.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, inject } from 'vitest'
import { createDatabase } from './postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

const cleanups: (() => Promise<void>)[] = []

// Registered when a test file imports this one, so that it runs after that file's own hooks have closed what they opened.
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** The URL of an empty database on the run's PostgreSQL 15; dropped after the test file. */
export const freshPostgresUrl = async (): Promise<string> => {
  const { url, drop } = await createDatabase(inject('postgresUrl'))
  cleanups.push(drop)
  return url
}

/** An empty folder; removed after the test file. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-test-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

export interface Openers<Db> {
  pglite(folder: string): Promise<Db>
  postgres(url: string): Promise<Db>
}

/** Runs the same suite once for each database; `open` gives it an empty one, which the suite closes itself. */
export const forEachDatabase = <Db>(openers: Openers<Db>, suite: (open: () => Promise<Db>) => void) => {
  const databases: [name: string, open: () => Promise<Db>][] = [
    ['PGlite', async () => openers.pglite(await temporaryFolder())],
    ['PostgreSQL 15', async () => openers.postgres(await freshPostgresUrl())],
  ]
  describe.each(databases)('%s', (_name, open) => suite(open))
}
