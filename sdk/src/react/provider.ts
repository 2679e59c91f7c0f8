/** Runs one client for the components below it, however often React renders, mounts and unmounts. */
import {
  createElement,
  type ReactElement,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react'
import { isRefused } from '../browser/refusal.ts'
import type { ClientOptions, ConsentState } from '../core/options.ts'
import { HeadwaterContext } from './context.ts'
import { createLease } from './lease.ts'

/** The options of `createClient`; changes after the first render have no effect. */
export interface HeadwaterProviderProps extends ClientOptions {
  children?: ReactNode
}

// The page view of the start comes before the effects of the components below. Servers run no effects, and React before 19
// warns there of this one.
const useEarlyEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect

/**
 * Starts a client in the browser when it is first shown, and ends it when it is removed. Page views are recorded automatically, also
 * those of routers; strict mode starts one client and records each of them once. On a server it renders its children and
 * nothing else. Throws a `ConfigError` in the browser when an option cannot work.
 *
 *     <HeadwaterProvider token="hw_pub_…" endpoint="https://t.example.com"><App /></HeadwaterProvider>
 */
export function HeadwaterProvider({ children, ...options }: HeadwaterProviderProps): ReactElement {
  const [lease, setLease] = useState(() => createLease(options))
  const [consent, say] = useState<ConsentState>(options.consent ?? 'granted')
  const { client } = lease

  useEarlyEffect(() => {
    // Shown again after it was hidden for long: the old client has ended.
    if (!lease.take()) setLease(createLease({ ...options, consent }))
    if (!options.consent && isRefused(options.respectDnt)) say('denied')
    return lease.giveBack
  }, [lease])

  const provided = useMemo(
    () => ({
      client,
      consent,
      setConsent(state: ConsentState) {
        client.consent(state)
        say(state)
      },
    }),
    [client, consent],
  )
  return createElement(HeadwaterContext.Provider, { value: provided }, children)
}
