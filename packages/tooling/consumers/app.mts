/** What an app imports. */
import { type AppStore, createClient } from '@headwater/sdk/react-native'

export const start = (storage: AppStore) =>
  createClient({ token: 'hw_pub_x', endpoint: 'https://t.example.com', storage, app: { version: '1.0' } })
