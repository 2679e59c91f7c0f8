/** Every released schema, when upgraded, equals the current schema: in its columns, constraints and indexes. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Db } from './db.ts'
import { checkSchemaVersion, migrate, schemaVersion } from './migrate.ts'
import { createPartitions } from './partitions.ts'
import { onBothDatabases } from './testing.ts'

const snapshots = new URL('upgrades/snapshots/', import.meta.url)
const released = readdirSync(snapshots).map((file): [version: number, schema: string] => [
  Number(/\d+/.exec(file)),
  readFileSync(new URL(file, snapshots), 'utf8'),
])

it('there is a snapshot of every earlier schema', () => {
  expect(released.map(([version]) => version)).toEqual(
    Array.from({ length: schemaVersion - 1 }, (_, index) => index + 1),
  )
})

const noon = Date.parse('2026-11-20T12:00:00Z')

onBothDatabases((open) => {
  let db: Db
  beforeAll(async () => {
    db = await open()
  })
  const empty = () => db.session(({ script }) => script('drop schema public cascade; create schema public'))
  beforeEach(empty)
  afterAll(() => db.close())

  /** The catalog's data about each table, except the order of columns, which no upgrade can change. */
  const describeSchema = async () => {
    const columns = await db.query(`
      select c.relname::text as table, a.attname::text as column, format_type(a.atttypid, a.atttypmod) as type,
        a.attnotnull as not_null, pg_get_expr(d.adbin, d.adrelid) as value, a.attidentity::text as identity, a.attgenerated::text as generated
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      order by 1, 2`)
    const constraints = await db.query(`
      select conrelid::regclass::text as table, conname::text as name, pg_get_constraintdef(oid) as definition
      from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' order by 1, 2`)
    const indexes = await db.query(`
      select c.relname::text as name, pg_get_indexdef(c.oid) as definition, x.indisvalid as valid
      from pg_index x join pg_class c on c.oid = x.indexrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('i', 'I') order by 1`)
    const sequences = await db.query(
      `select sequencename::text as name, increment_by::int from pg_sequences where schemaname = 'public' order by 1`,
    )
    const options = await db.query(
      `select relname::text as table, reloptions from pg_class where relnamespace = 'public'::regnamespace and reloptions is not null order by 1`,
    )
    return { columns, constraints, indexes, sequences, options }
  }

  it('an empty database is refused, with what to do', async () => {
    await expect(checkSchemaVersion(db)).rejects.toThrow('Run `headwater migrate` first')
    expect(await migrate(db)).toBe('created')
    expect(await migrate(db)).toBe('unchanged')
    await checkSchemaVersion(db)
  })

  describe.each(released)('version %i', (version, schema) => {
    const addEvent = () =>
      db.query(`
        insert into events (website_id, customer_id, type, name, occurred_at, idempotency_key, ingestion_token_id)
        values (1, 1, 'track', 'old', '2026-11-20', gen_random_uuid(), 1)`)

    it('is refused by a collector, upgraded with its events by migrate, and then equals the current schema', async () => {
      await db.session(({ script }) => script(schema))
      await createPartitions({ db, now: () => noon }).ensure([noon])
      await addEvent()
      await expect(checkSchemaVersion(db)).rejects.toThrow(
        new RegExp(`schema version ${version}, this collector works with .*headwater migrate`),
      )
      expect(await migrate(db)).toBe('upgraded')
      expect(await migrate(db)).toBe('unchanged')
      await checkSchemaVersion(db)
      expect(await db.query('select name from events')).toEqual([{ name: 'old' }])

      const upgraded = await describeSchema()
      await empty()
      await migrate(db)
      await createPartitions({ db, now: () => noon }).ensure([noon])
      expect(upgraded).toEqual(await describeSchema())
    })

    it('is upgraded once when several collectors start together', async () => {
      await db.session(({ script }) => script(schema))
      await Promise.all(Array.from({ length: 3 }, () => migrate(db)))
      const versions = Array.from({ length: schemaVersion - version + 1 }, (_, i) => ({
        version: version + i,
      }))
      expect(await db.query('select version from schema_versions order by version')).toEqual(versions)
    })
  })

  describe('a later version', () => {
    const note = (compatibleSince: number) =>
      db.query(`insert into schema_versions (version, compatible_since) values (99, $1::integer)`, [
        compatibleSince,
      ])
    beforeEach(() => migrate(db))

    it('that is compatible with this collector is accepted, so that it can run while the database is upgraded', async () => {
      await note(schemaVersion)
      await checkSchemaVersion(db)
      expect(await migrate(db)).toBe('unchanged')
    })

    it('that is incompatible is refused, with what to do', async () => {
      await note(schemaVersion + 1)
      await expect(checkSchemaVersion(db)).rejects.toThrow(
        /schema version 99, this collector works with version \d+.*newer version/,
      )
      await expect(migrate(db)).rejects.toThrow('99')
    })
  })
})
