/** The entry for React: a provider that runs one client, and two hooks. */
export type { Client, Conversion, EventMap, Traits } from '../core/api.ts'
export type { ClientOptions, ConsentState } from '../core/options.ts'
export { useConsent, useHeadwater } from './hooks.ts'
export { HeadwaterProvider, type HeadwaterProviderProps } from './provider.ts'
