/** The client of this app: one for all screens. */

import { createClient } from '@headwater/sdk/react-native'
import AsyncStorage from '@react-native-async-storage/async-storage'
import NetInfo from '@react-native-community/netinfo'

interface ShopEvents {
  add_to_cart: { sku: string }
  purchase: { items: number }
}

// Replace both by those of your collector: `npm start` in the repository prints them. An Android emulator reaches the
// machine it runs on at 10.0.2.2.
export const hw = createClient<ShopEvents>({
  token: 'hw_pub_shop0000_replaceThisToken',
  endpoint: 'http://10.0.2.2:8787',
  storage: AsyncStorage,
  netInfo: NetInfo,
  app: { id: 'com.example.shop', version: '1.0.0', build: '1' },
  handOff: ['app.shop.example'],
})
