/** Brings an empty database to the schema of this version, and refuses any other. */
import schema from '../../../schema.sql?raw'
import type { Db } from './db.ts'

/** The version that schema.sql writes into schema_versions. */
export const schemaVersion = 1

/** The database holds another schema than this collector can work with. */
export class SchemaVersionError extends Error {
  override name = 'SchemaVersionError'
}

/** Applies schema.sql to an empty database; does nothing where it is already in place. */
export async function migrate(db: Db): Promise<'created' | 'unchanged'> {
  const found = await readSchemaVersion(db)
  if (found === schemaVersion) return 'unchanged'
  if (found !== undefined) throw wrongVersion(found)
  await db.script(schema)
  return 'created'
}

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
      : 'This version cannot upgrade it: install the version of headwater that wrote it, or start with an empty database.'
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
