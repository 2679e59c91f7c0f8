/** Starts the browser engine that the project of this test run is for. */
import type { Page } from 'playwright-core'
import { inject } from 'vitest'
import { launchChromium, launchWithPageCache } from '../chromium.ts'
import type { Context, Engine, EngineName, EngineOptions, Tab } from './engine.ts'
import { launchFirefox } from './firefox.ts'
import { launchWebKit } from './webkit.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    engine: EngineName
  }
}

/** The engine of this project. */
export const engineName = inject('engine')

const launchers: { [name in EngineName]: (options: EngineOptions) => Promise<Engine> } = {
  async chromium({ hosts = [], keepsPages }) {
    const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(', ')
    const flags = rules ? [`--host-resolver-rules=${rules}`] : []
    const browser = await (keepsPages ? launchWithPageCache() : launchChromium(...flags))
    return {
      name: 'chromium',
      newContext: (): Promise<Context> => browser.newContext(),
      close: () => browser.close(),
    }
  },
  firefox: launchFirefox,
  webkit: launchWebKit,
}

/** The caller closes it. */
export const launchEngine = (options: EngineOptions = {}): Promise<Engine> => launchers[engineName](options)

/** A tab with all that Playwright can do, for tests that run in Chromium only. */
export function inChromium(tab: Tab): Page {
  if (engineName !== 'chromium') throw new Error(`inChromium: this project runs ${engineName}.`)
  return tab as Page // as `launchers` has made it
}
