/** What a tab writes to its console, in every engine. */
import type { Tab } from '@headwater/testkit/engines/engine'
import { engineName } from '@headwater/testkit/engines/launch'
import type { TestSite } from './test-site.ts'

/** What this tab writes from now on. */
export function consoleOf(page: Tab, site: TestSite): string[] {
  if (engineName === 'webkit') return site.said
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  return said
}
