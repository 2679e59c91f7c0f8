/** Reads the channel rules of a website from its row, for work on stored touches. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { NamedChannelRules } from '@headwater/server/website-settings'
import { readSettings, type StoredSettings } from '../websites/settings.ts'
import { unknownWebsite } from '../websites/websites.ts'
import selectChannelSettings from './sql/select_channel_settings.sql?raw'

export interface ChannelSettings {
  rules: NamedChannelRules
  /** How long the website has been as it is, in ms. */
  unchangedMs: number
}

/** Throws an OperationError when there is no such website. */
export async function loadChannelSettings(queries: Queries, websiteId: string): Promise<ChannelSettings> {
  const params = { website_id: websiteId }
  const [row] = await run<SettingsRow, keyof typeof params>(queries, settingsSelect, params)
  if (!row) throw unknownWebsite(websiteId)
  return { rules: readSettings(row.settings).channels, unchangedMs: row.unchanged_ms }
}

interface SettingsRow {
  settings: StoredSettings | null
  unchanged_ms: number
}

const settingsSelect = statement(selectChannelSettings, 'website_id')
