/** Brings a database to the schema of this version: an empty one at once, an earlier one version by version. */
import { setTimeout } from 'node:timers/promises'
import schema from '../../../schema.sql?raw'
import type { Db, Queries, Session } from './db.ts'
import { applyUpgrade } from './upgrade.ts'
import keepAdCookies from './upgrades/0002_keep_ad_cookies.sql?raw'
import addWebsiteSettings from './upgrades/0003_add_website_settings.sql?raw'
import narrowEvents from './upgrades/0004_narrow_events.sql?raw'
import mergeAndRecredit from './upgrades/0005_merge_and_recredit.sql?raw'
import creditInSlices from './upgrades/0006_credit_in_slices.sql?raw'

/** What each version changed in the one before it, from 2 on. A change of schema.sql appends its upgrade here. */
const upgrades = [keepAdCookies, addWebsiteSettings, narrowEvents, mergeAndRecredit, creditInSlices]

/** The version that schema.sql writes into schema_versions. */
export const schemaVersion = 1 + upgrades.length

/** How often a waiting migration checks whether the other one has ended. */
const lockIntervalMs = 100

/** The oldest schema that this collector works with, so that `migrate` may run before or after the collectors are replaced. */
const oldestSchema = 6

/** The database holds a schema that this collector cannot work with. */
export class SchemaVersionError extends Error {
  override name = 'SchemaVersionError'
}

/**
 * Applies schema.sql to an empty database, or the upgrades that an earlier one lacks; does nothing when the schema is current. Of
 * several migrations at once, one works and the others wait for it.
 */
export function migrate(db: Db): Promise<'created' | 'upgraded' | 'unchanged'> {
  return db.session(async (session) => {
    await takeLock(session)
    const found = await readSchemaVersion(session)
    if (!found) {
      await session.script(schema)
      return 'created'
    }
    if (found.version >= schemaVersion) {
      checkRange(found)
      return 'unchanged'
    }
    for (const upgrade of upgrades.slice(found.version - 1)) await applyUpgrade(session, upgrade)
    return 'upgraded'
  })
}

/**
 * The lock ends with the session. Other migrations do not wait for it inside PostgreSQL, because the builder of a concurrent
 * index, which has the lock, waits for every running statement.
 */
async function takeLock(session: Session): Promise<void> {
  const tryLock = `select pg_try_advisory_lock(hashtext('headwater migrate')) as is_ours`
  for (;;) {
    const [row] = await session.query<{ is_ours: boolean }>(tryLock)
    if (row?.is_ours) return
    await setTimeout(lockIntervalMs)
  }
}

/** Throws a SchemaVersionError unless this collector works with the schema of the database. */
export async function checkSchemaVersion(db: Db): Promise<void> {
  const found = await readSchemaVersion(db)
  if (!found) {
    throw new SchemaVersionError('The database has no Headwater schema yet. Run `headwater migrate` first.')
  }
  checkRange(found)
}

interface FoundSchema {
  version: number
  compatibleSince: number
}

function checkRange({ version, compatibleSince }: FoundSchema): void {
  const isTooOld = version < oldestSchema
  if (!isTooOld && compatibleSince <= schemaVersion) return
  const range =
    oldestSchema === schemaVersion
      ? `version ${schemaVersion}`
      : `versions ${oldestSchema} to ${schemaVersion}`
  const advice = isTooOld
    ? 'Run `headwater migrate` to upgrade it.'
    : 'Install the newer version of headwater that wrote it.'
  throw new SchemaVersionError(
    `The database has schema version ${version}, this collector works with ${range}. ${advice}`,
  )
}

async function readSchemaVersion(db: Queries): Promise<FoundSchema | undefined> {
  const [table] = await db.query<{ exists: boolean }>(
    `select to_regclass('schema_versions') is not null as exists`,
  )
  if (!table?.exists) return undefined
  // Before version 4 there was no compatible_since. A row as JSON has only the existing columns.
  const [row] = await db.query<{ row: { version: number; compatible_since?: number } }>(
    'select to_jsonb(s) as row from schema_versions s order by version desc limit 1',
  )
  return row && { version: row.row.version, compatibleSince: row.row.compatible_since ?? row.row.version }
}
