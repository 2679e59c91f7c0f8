/** The client of this shop, with its events typed. It waits for the visitor's answer. */
import { createClient } from '@headwater/sdk'

interface ShopEvents {
  add_to_cart: { sku: string }
  purchase: { items: number }
}

export const hw = createClient<ShopEvents>({
  token: 'hw_pub_…',
  endpoint: 'http://127.0.0.1:8787',
  consent: 'pending', // events wait in memory until hw.consent('granted')
})

export function addToCart(sku: string) {
  hw.track('add_to_cart', { sku }) // another name, or another property, does not compile
}
export function buy(order: string) {
  hw.conversion('purchase', { id: order, revenueCents: 4999, currency: 'EUR', props: { items: 1 } })
}
