/** Reads the settings of a website from its row. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { WebsiteSettings } from '@headwater/server/website-settings'
import { readSettings, type StoredSettings } from './settings.ts'
import selectWebsiteSettings from './sql/select_website_settings.sql?raw'

/** All defaults when there is no such website. */
export async function loadWebsiteSettings(queries: Queries, websiteId: string): Promise<WebsiteSettings> {
  const params = { website_id: websiteId }
  const [row] = await run<{ settings: StoredSettings | null }, keyof typeof params>(
    queries,
    settingsSelect,
    params,
  )
  return readSettings(row?.settings ?? null)
}

const settingsSelect = statement(selectWebsiteSettings, 'website_id')
