/** Brings a database to the schema of this version: an empty one at once, an earlier one version by version. */
import schema from '../../../schema.sql?raw'
import type { Db } from './db.ts'
import keepAdCookies from './upgrades/0002_keep_ad_cookies.sql?raw'
import addWebsiteSettings from './upgrades/0003_add_website_settings.sql?raw'

/** What each version changed in the one before it, from 2 on. A change of schema.sql appends its upgrade here, and writes the next number there. */
const upgrades = [keepAdCookies, addWebsiteSettings]

/** The version that schema.sql writes into schema_versions. */
export const schemaVersion = 1 + upgrades.length

/** The database holds another schema than this collector can work with. */
export class SchemaVersionError extends Error {
  override name = 'SchemaVersionError'
}

/** Applies schema.sql to an empty database, or the upgrades that an earlier one lacks; does nothing where all is in place. */
export async function migrate(db: Db): Promise<'created' | 'upgraded' | 'unchanged'> {
  const found = await readSchemaVersion(db)
  if (found === schemaVersion) return 'unchanged'
  if (found === undefined) {
    await db.script(schema)
    return 'created'
  }
  if (found > schemaVersion) throw wrongVersion(found)
  for (const [i, upgrade] of upgrades.entries()) {
    const version = i + 2
    if (version > found) await db.script(`${upgrade};\n${noteVersion(version)}`)
  }
  return 'upgraded'
}

/** In one transaction with its upgrade. Two collectors may upgrade at once: the second finds everything done. */
const noteVersion = (version: number) =>
  `insert into schema_versions (version) values (${version}) on conflict do nothing`

/** Throws a SchemaVersionError unless the database is at exactly this version. */
export async function checkSchemaVersion(db: Db): Promise<void> {
  const found = await readSchemaVersion(db)
  if (found === undefined) {
    throw new SchemaVersionError('The database has no Headwater schema yet. Run `headwater migrate` first.')
  }
  if (found !== schemaVersion) throw wrongVersion(found)
}

function wrongVersion(found: number): SchemaVersionError {
  const advice =
    found > schemaVersion
      ? 'Install the newer version of headwater that wrote it.'
      : 'Run `headwater migrate` to upgrade it.'
  return new SchemaVersionError(
    `The database has schema version ${found}, this collector works with version ${schemaVersion}. ${advice}`,
  )
}

async function readSchemaVersion(db: Db): Promise<number | undefined> {
  const [table] = await db.query<{ exists: boolean }>(
    `select to_regclass('schema_versions') is not null as exists`,
  )
  if (!table?.exists) return undefined
  const [row] = await db.query<{ version: number | null }>(
    'select max(version) as version from schema_versions',
  )
  return row?.version ?? undefined
}
