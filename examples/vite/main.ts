/** A page that brings the SDK along, with its events typed. */
import { createClient } from '@headwater/sdk'

interface ShopEvents {
  add_to_cart: { sku: string }
  purchase: { items: number }
}

const hw = createClient<ShopEvents>({ token: 'hw_pub_…', endpoint: 'http://127.0.0.1:8787' })

function addToCart() {
  hw.track('add_to_cart', { sku: 'A1' }) // another name, or another property, does not compile
}
function buy() {
  hw.conversion('purchase', { id: '1002', revenueCents: 4999, currency: 'EUR', props: { items: 1 } })
}

document.querySelector('#add')?.addEventListener('click', addToCart)
document.querySelector('#buy')?.addEventListener('click', buy)

hw.on('delivered', ({ accepted }) => say(`Stored: ${accepted}.`))
hw.on('dropped', ({ count, reason }) => say(`Lost: ${count}, ${reason}.`))
hw.on('error', ({ message }) => say(message))

function say(text: string) {
  document.querySelector('output')?.append(text, document.createElement('br'))
}
