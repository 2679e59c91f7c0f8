/** A bridge from the data layer of Google's tags: the ecommerce events that a shop pushes there become ours. */
import { limits } from '@headwater/contract'
import type { Client, Conversion } from '../core/api.ts'
import { type AnyClient, anyEvent } from './any-client.ts'
import { guarded } from './guarded.ts'
import { minorUnits } from './minor-units.ts'

export interface DataLayerOptions {
  /** The name of the layer's global: default `'dataLayer'`. */
  layer?: string
  /** The currency (ISO 4217) of orders that name none: without it they count, but have no value. */
  currency?: string
}

type Shop = Pick<Client, 'track' | 'conversion'>
type Fields = Record<string, unknown>

const events =
  `view_item_list select_item view_item add_to_wishlist add_to_cart remove_from_cart view_cart begin_checkout
  add_shipping_info add_payment_info view_promotion select_promotion purchase refund`.split(/\s+/)
// Anything else is ignored: a layer also holds names, e-mail addresses, phones and whatever a shop puts in.
const ofPromotions = ['creative_name', 'creative_slot', 'promotion_id', 'promotion_name']
const ofLists = ['item_list_id', 'item_list_name', 'coupon', 'affiliation', 'location_id', ...ofPromotions]
const ofEvents = `transaction_id value currency tax shipping shipping_tier payment_type customer_type`
  .split(' ')
  .concat(ofLists)
const ofItems =
  `item_id item_name item_brand item_variant item_category item_category2 item_category3 item_category4
  item_category5 price quantity discount index`
    .split(/\s+/)
    .concat(ofLists)
/** Characters of one text: a guess, far longer than any name, yet an event stays within the collector's limits. */
const textLength = 256

/**
 * Reads the ecommerce events of Google Analytics 4 from the page's data layer, including what was pushed before, and
 * returns an undo function. Both forms are read: `dataLayer.push({ event, ecommerce })` and `gtag('event', name, params)`.
 * The layer itself works as before, with or without Google's tags, and also after the undo. Never throws.
 *
 * - `purchase` becomes `conversion('purchase')` with the `transaction_id` as its id, so it counts once however often the
 *   page is loaded. `value` becomes minor units of `currency`; without a readable pair the conversion has no value.
 * - `refund` becomes the same with a negative value, and takes back the credit of that purchase. A refund without a `value`
 *   is tracked as an ordinary event.
 * - All others (`view_item`, `add_to_cart`, `begin_checkout`, …) are tracked by their name.
 *
 * Only the parameters that Google documents for events and items are taken, so personal ones never are. Items that do
 * not fit into 32 KB are left out from the end; `items_total` then says how many there were. Do not use it on a page that
 * tracks the same events itself.
 *
 *     import { dataLayer } from '@headwater/sdk/data-layer'
 *     dataLayer(hw, { currency: 'EUR' })
 */
export function dataLayer(
  client: AnyClient<'track' | 'conversion'>,
  options: DataLayerOptions = {},
): () => void {
  const { layer: name = 'dataLayer', currency } = options
  let isStopped = false

  const read = guarded((pushed: unknown) => {
    const event = isStopped ? undefined : eventIn(pushed)
    if (event)
      forward(anyEvent(client), event.name, { ...event.params, currency: event.params.currency ?? currency })
  })

  guarded(() => {
    const globals = window as unknown as Record<string, unknown[] | undefined> // whatever the page has put there
    globals[name] ??= []
    const layer = globals[name]
    const push = layer.push
    for (const pushed of [...layer]) read(pushed)
    // Stays after the undo: Google's tag may have wrapped it by then. Hidden from code that iterates over the layer.
    const value = (...pushed: unknown[]) => {
      const length = push.apply(layer, pushed)
      pushed.forEach(read)
      return length
    }
    Object.defineProperty(layer, 'push', { value, writable: true, configurable: true })
  })()

  return () => {
    isStopped = true
  }
}

export default dataLayer

// gtag pushes its `arguments` object, which looks like an array.
function eventIn(pushed: unknown): { name: string; params: Fields } | undefined {
  if (!isObject(pushed)) return undefined
  const isGtag = pushed[0] === 'event'
  const name = isGtag ? pushed[1] : pushed.event
  const params = isGtag ? pushed[2] : pushed.ecommerce
  if (typeof name !== 'string' || !events.includes(name)) return undefined
  return { name, params: isObject(params) ? params : {} }
}

function forward(client: Shop, name: string, params: Fields): void {
  const props = propsOf(params)
  const order = orderIn(props)
  if (name === 'purchase') client.conversion('purchase', { ...order, props })
  else if (name === 'refund' && order.revenueCents !== undefined) {
    // Has the purchase's name, by which the collector finds what the refund takes back.
    client.conversion('purchase', { ...order, revenueCents: 0 - Math.abs(order.revenueCents), props })
  } else client.track(name, props)
}

function orderIn(props: Fields): Conversion {
  const id = cut(String(props.transaction_id ?? ''), limits.conversionId) || undefined
  const currency = String(props.currency ?? '').toUpperCase()
  const revenueCents = minorUnits(props.value, currency)
  return revenueCents === undefined ? { id } : { id, revenueCents, currency }
}

function propsOf(params: Fields): Fields {
  const props = pick(params, ofEvents)
  if (!Array.isArray(params.items)) return props
  let items = params.items.filter(isObject).map((item) => pick(item, ofItems))
  const items_total = items.length
  while (bytesOf({ ...props, items, items_total }) > limits.propsBytes)
    items = items.slice(0, items.length >> 1)
  return items.length < items_total ? { ...props, items, items_total } : { ...props, items }
}

function pick(from: Fields, names: readonly string[]): Fields {
  const picked: Fields = {}
  for (const name of names) {
    const value = from[name]
    if (typeof value === 'string') picked[name] = cut(value, textLength)
    // Numbers that JSON cannot represent would become null.
    else if (typeof value === 'boolean' || Number.isFinite(value)) picked[name] = value
  }
  return picked
}

// Does not cut a surrogate pair in two: no database stores half a character.
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}

function bytesOf(props: Fields): number {
  return new TextEncoder().encode(JSON.stringify(props)).length
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
