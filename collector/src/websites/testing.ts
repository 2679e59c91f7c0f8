/** For tests: a valid token of a website with the default settings; `fields` override its own. Never shipped. */
import type { Token } from '@headwater/server/token'
import type { WebsiteSettings } from '@headwater/server/website-settings'
import { readSettings } from './settings.ts'

export const testToken = ({
  settings,
  ...fields
}: Partial<Omit<Token, 'settings'>> & { settings?: Partial<WebsiteSettings> } = {}): Token => ({
  id: 't1',
  websiteId: '1',
  kind: 'public',
  scopes: ['events:write'],
  expiresAt: null,
  revokedAt: null,
  websiteStatus: 'active',
  settings: { ...readSettings(null), ...settings },
  rules: [],
  ...fields,
})
