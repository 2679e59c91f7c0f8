/** Whether schema.sql has the tables and columns of the documents that the product grows from. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, openPostgresCatalog, repository } from './catalog.ts'

/** The tables of the seed documents that schema.sql does not have yet. This list may only shrink. */
const stillMissing: { [document: string]: string[] } = {
  '000': ['cm_user_record'],
  '001': [
    'users',
    'brands',
    'products',
    'ranks',
    'achievement_configs',
    'user_achievements',
    'user_action_log',
    'customer_io_event_queue',
    'user_ai_profiles',
    'customer_io_webhook_log',
    'wishlists',
    'user_goals',
    'referral_codes',
    'referrals',
    'custom_fields',
    'user_custom_field_values',
  ],
  '002': [
    'users',
    'user_sessions',
    'token_blacklist',
    'data_sources',
    'conversations',
    'messages',
    'campaigns',
    'campaign_channels',
    'data_events',
    'recommendation_history',
    'ai_provider_config',
  ],
  '003': [
    'users',
    'invitations',
    'permissions',
    'roles',
    'model_has_permissions',
    'model_has_roles',
    'role_has_permissions',
    'funnels',
    'funnel_steps',
    'website_pixels',
    'sessions',
    'password_reset_tokens',
    'cache',
    'cache_locks',
    'jobs',
    'job_batches',
    'failed_jobs',
  ],
}

const file = join(repository, '../shared/seed-schema.txt')
if (!existsSync(file)) console.log('seed parity: not checked, for ../shared/seed-schema.txt is not here')

interface SeedTable {
  document: string
  name: string
  columns: string[]
}

/** '# document' opens a document; 'table: column, column' is one table of it. */
const parseSeeds = (text: string): SeedTable[] => {
  let document = ''
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('#')) document = line.slice(2, 5)
    const [name, columns] = line.split(': ')
    return name && columns ? [{ document, name, columns: columns.split(', ') }] : []
  })
}

describe.skipIf(!existsSync(file))('schema.sql, beside the seed documents', () => {
  const seeds = existsSync(file) ? parseSeeds(readFileSync(file, 'utf8')) : []
  let catalog: Catalog
  const ours = new Map<string, string[]>()

  beforeAll(async () => {
    catalog = await openPostgresCatalog()
    const rows = await catalog.query<{ name: string; columns: string[] }>(`
      select table_name as name, json_agg(column_name) as columns
        from information_schema.columns
       where table_schema = 'public'
       group by table_name`)
    for (const { name, columns } of rows) ours.set(name, columns)
  })
  afterAll(() => catalog.close())

  const columnsWeLack = ({ name, columns }: SeedTable) =>
    columns.filter((column) => !ours.get(name)?.includes(column)).map((column) => `${name}.${column}`)

  test('the tables of document 003 that are there have all its columns', () => {
    const present = seeds.filter(({ document, name }) => document === '003' && ours.has(name))
    expect(present.flatMap(columnsWeLack)).toEqual([])
  })

  // Documents share names (users, campaigns, …) for different things: a table is there when it has all its columns.
  test('the tables that are missing are those listed, no more and no fewer', () => {
    const missing = seeds.filter((seed) => columnsWeLack(seed).length > 0)
    for (const document of new Set(seeds.map((seed) => seed.document))) {
      const names = missing.filter((seed) => seed.document === document).map(({ name }) => name)
      expect(names, `document ${document}`).toEqual(stillMissing[document] ?? [])
    }
  })

  test('all 65 tables and 564 columns of the documents are read', () => {
    expect(seeds).toHaveLength(65)
    expect(seeds.flatMap(({ columns }) => columns)).toHaveLength(564)
  })
})
