/** What the provider passes to the hooks. */
import { createContext } from 'react'
import type { Client } from '../core/api.ts'
import type { ConsentState } from '../core/options.ts'

export interface Provided {
  client: Client
  consent: ConsentState
  setConsent(state: ConsentState): void
}

export const HeadwaterContext = createContext<Provided | undefined>(undefined)
