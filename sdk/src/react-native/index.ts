/** The npm entry for React Native. */
import { AppState, Linking } from 'react-native'
import type { EventMap } from '../core/api.ts'
import type { AppClient } from './api.ts'
import { createAppClient } from './client.ts'
import type { AppOptions } from './options.ts'

export type { Client, Conversion, EventMap, Stored, Traits } from '../core/api.ts'
export type { DropReason, ErrorCode } from '../core/codes.ts'
export { ConfigError } from '../core/messages.ts'
export type { Notices } from '../core/notices.ts'
export type { ConsentState } from '../core/options.ts'
export type { AppClient } from './api.ts'
export type { AppDetails } from './app-events.ts'
export type { AppStore } from './app-store.ts'
export type { NavigationRef, Route, Screen } from './navigation.ts'
export type { NetInfoLike } from './net-info.ts'
export type { AppOptions } from './options.ts'
export type { Gzip } from './transport.ts'

/**
 * Starts a client that records how the app is opened and left, and delivers what you record. Make one client per app and
 * website, outside of components.
 *
 * Throws a `ConfigError` that names option, value and fix when an option cannot work.
 *
 *     import AsyncStorage from '@react-native-async-storage/async-storage'
 *     import { createClient } from '@headwater/sdk/react-native'
 *     export const hw = createClient({ token: 'hw_pub_…', endpoint: 'https://t.example.com', storage: AsyncStorage })
 *     hw.track('add_to_cart', { sku: 'A1' })
 */
export function createClient<Events extends object = EventMap>(options: AppOptions): AppClient<Events> {
  const client = createAppClient(options, { appState: AppState, linking: Linking })
  return client as AppClient<Events> // the event map exists only for the compiler
}
