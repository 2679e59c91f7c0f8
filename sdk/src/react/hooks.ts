/** The hooks. */
import { useContext } from 'react'
import type { Client, EventMap } from '../core/api.ts'
import type { ConsentState } from '../core/options.ts'
import { HeadwaterContext } from './context.ts'

/**
 * The client of the nearest `HeadwaterProvider`, the same on every render; call it in effects and event handlers. While a
 * server renders, it does nothing. Throws where there is no provider.
 *
 *     const hw = useHeadwater()
 *     return <button onClick={() => hw.track('add_to_cart', { sku })}>Add</button>
 */
export function useHeadwater<Events extends object = EventMap>(): Client<Events> {
  return useProvided('useHeadwater').client as Client<Events> // the event map exists only for the compiler
}

/**
 * What the visitor has agreed to, as this provider knows it, and a function that says it: for a consent banner. The first state
 * is the provider's `consent`, `granted` without one, and `denied` after the first render when the browser refuses for its
 * visitor. The answer is not stored: pass it to the provider on the next page. Throws where there is no provider.
 *
 *     const [consent, setConsent] = useConsent()
 *     if (consent !== 'pending') return null
 *     return <button onClick={() => setConsent('granted')}>Accept</button>
 */
export function useConsent(): [consent: ConsentState, setConsent: (state: ConsentState) => void] {
  const { consent, setConsent } = useProvided('useConsent')
  return [consent, setConsent]
}

function useProvided(hook: string) {
  const provided = useContext(HeadwaterContext)
  if (!provided)
    throw new Error(`${hook}: needs a <HeadwaterProvider> above it, found none. Put one around your app.`)
  return provided
}
