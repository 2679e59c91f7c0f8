/** Rules for every table of schema.sql, checked in the catalog of both databases. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, openPgliteCatalog, openPostgresCatalog } from './catalog.ts'

interface CatalogRule {
  fact: string
  /** Selects what breaks the rule, as `violation`. */
  violations: string
  /** Statements that cause a violation. */
  broken: string
}

/** They are above the websites, or independent of them. */
const withoutTenant = `('organizations', 'accounts', 'websites', 'schema_versions')`

const foreignKeys = `
  select c.*,
         c.conrelid::regclass::text || '.' || c.conname as violation
    from pg_constraint c
   where c.contype = 'f'
     and c.connamespace = 'public'::regnamespace`

const tables = `
  select c.oid, c.relname::text as name
    from pg_class c
   where c.relkind in ('r', 'p')
     and c.relnamespace = 'public'::regnamespace`

const rules: CatalogRule[] = [
  {
    fact: 'every table has a primary key',
    violations: `
      select name as violation
        from (${tables}) t
       where not exists (select from pg_index x where x.indrelid = t.oid and x.indisprimary)`,
    broken: 'create table broken (website_id bigint not null)',
  },
  {
    fact: 'primary keys and unique keys begin with website_id',
    violations: `
      select t.name || '.' || x.indexrelid::regclass as violation
        from (${tables}) t
        join pg_index x on x.indrelid = t.oid and x.indisunique
        left join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
       where t.name not in ${withoutTenant}
         and a.attname is distinct from 'website_id'`,
    broken: 'create unique index customer_email_is_unique on customers (email_hash, website_id)',
  },
  {
    fact: 'foreign keys map website_id to the website_id of the other table',
    violations: `
      select violation
        from (${foreignKeys}) f
       where f.conrelid::regclass::text not in ${withoutTenant}
         and not exists (
               select from unnest(f.conkey, f.confkey) as pair (own, other)
                 join pg_attribute own on own.attrelid = f.conrelid and own.attnum = pair.own
                 join pg_attribute other on other.attrelid = f.confrelid and other.attnum = pair.other
                where own.attname = 'website_id'
                  and other.attname = case f.confrelid when 'websites'::regclass then 'id' else 'website_id' end)`,
    broken: `
      create table broken (
        website_id  bigint not null,
        touch_id    bigint,
        constraint broken_pkey primary key (website_id, touch_id),
        constraint broken_touch foreign key (touch_id, website_id) references touches (website_id, id)
      )`,
  },
  {
    fact: 'columns set to null on delete are listed, and nullable',
    violations: `
      select violation
        from (${foreignKeys}) f
       where f.confdeltype in ('n', 'd')
         and (f.confdelsetcols is null or exists (
               select from pg_attribute a
                where a.attrelid = f.conrelid and a.attnum = any (f.confdelsetcols) and a.attnotnull))`,
    broken: `
      alter table customers add constraint customer_email_identity
        foreign key (website_id, first_touch_id) references touches (website_id, id) on delete set null`,
  },
  {
    fact: 'every foreign key is served by an index that begins with its columns',
    violations: `
      select violation
        from (${foreignKeys}) f
       where not exists (
               select from pg_index x
                where x.indrelid = f.conrelid
                  and x.indisvalid
                  and (x.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
                  and (x.indpred is null or exists (
                        select from pg_attribute a
                         where a.attrelid = f.conrelid
                           and a.attnum = any (f.conkey)
                           and pg_get_expr(x.indpred, x.indrelid) = format('(%I IS NOT NULL)', a.attname))))`,
    broken: 'drop index customers_by_first_touch',
  },
  {
    fact: 'no foreign key starts or ends at a table with a row for every event or request',
    violations: `
      select violation
        from (${foreignKeys}) f
        join (
          select relid from pg_partition_tree('events')
          union all
          values ('event_dedup_keys'::regclass), ('token_usages'::regclass)
        ) e on e.relid in (f.conrelid, f.confrelid)`,
    broken: `
      alter table events add constraint event_belongs_to_website
        foreign key (website_id) references websites (id)`,
  },
  {
    fact: 'events is partitioned by the range of occurred_at, with no default partition',
    violations: `
      select 'events' as violation
       where not exists (
               select from pg_partitioned_table p
                 join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
                where p.partrelid = 'events'::regclass
                  and p.partstrat = 'r'
                  and p.partnatts = 1
                  and p.partdefid = 0
                  and a.attname = 'occurred_at')`,
    broken: 'create table events_rest partition of events default',
  },
  {
    fact: 'every timestamp has a time zone',
    violations: `
      select t.name || '.' || a.attname as violation
        from (${tables}) t
        join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
       where a.atttypid in ('timestamp'::regtype, 'timestamp[]'::regtype, 'time'::regtype, 'timetz'::regtype)`,
    broken: 'alter table touches add column seen_at timestamp',
  },
  {
    fact: 'every constraint has a chosen name',
    violations: `
      select c.conrelid::regclass || '.' || c.conname as violation
        from pg_constraint c
       where c.connamespace = 'public'::regnamespace
         and c.contype in ('c', 'f', 'u', 'x')
         and c.conname ~ '_(check|fkey|key|excl)[0-9]*$'`,
    broken: 'alter table touches add check (occurred_at < created_at)',
  },
]

const databases: [name: string, open: () => Promise<Catalog>][] = [
  ['PGlite', openPgliteCatalog],
  ['PostgreSQL 15', openPostgresCatalog],
]

describe.each(databases)('on %s', (_database, open) => {
  let catalog: Catalog
  beforeAll(async () => {
    catalog = await open()
  })
  afterAll(() => catalog.close())

  const violations = async ({ violations }: CatalogRule) =>
    (await catalog.query<{ violation: string }>(violations)).map(({ violation }) => violation)

  describe.each(rules.map((rule): [string, CatalogRule] => [rule.fact, rule]))('%s', (_fact, rule) => {
    test('in schema.sql', async () => {
      expect(await violations(rule)).toEqual([])
    })

    test('and a table that breaks it is found', async () => {
      await catalog.exec(`begin; ${rule.broken};`)
      const found = await violations(rule).finally(() => catalog.exec('rollback'))
      expect(found).toHaveLength(1)
    })
  })
})
