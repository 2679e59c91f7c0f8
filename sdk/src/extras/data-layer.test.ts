// @vitest-environment happy-dom
/** States what the client records of the ecommerce events that a shop pushes for Google's tags. */
import { createRecordingClient, type RecordingClient } from '@headwater/testkit/recording-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { dataLayer } from './data-layer.ts'

type Layers = Record<string, unknown[] | undefined>

const layers = window as unknown as Layers
let client: RecordingClient

beforeEach(() => {
  client = createRecordingClient()
})
afterEach(() => {
  layers.dataLayer = undefined
  vi.restoreAllMocks()
})

/** As Google's snippet defines it. */
function gtag(..._: unknown[]): void {
  // biome-ignore lint/complexity/noArguments: the form under test
  layers.dataLayer?.push(arguments)
}

const order = {
  transaction_id: 'T1',
  value: 19.99,
  currency: 'EUR',
  items: [{ item_id: 'A1', price: 19.99 }],
}

describe.each([
  [
    'pushed with its ecommerce',
    (event: string, ecommerce: unknown) => layers.dataLayer?.push({ event, ecommerce }),
  ],
  ['passed to gtag', (event: string, params: unknown) => gtag('event', event, params)],
])('an event %s', (_, push) => {
  test.each(['view_item', 'add_to_cart', 'begin_checkout', 'view_promotion'])(
    '%s is tracked by its name',
    (name) => {
      dataLayer(client)
      push(name, { value: 5, currency: 'EUR', items: [{ item_id: 'A1', quantity: 2 }] })
      expect(client.tracked).toEqual([
        [name, { value: 5, currency: 'EUR', items: [{ item_id: 'A1', quantity: 2 }] }],
      ])
    },
  )

  test('purchase is a conversion with its order number and its value in minor units', () => {
    dataLayer(client)
    push('purchase', order)
    expect(client.converted).toEqual([
      ['purchase', { id: 'T1', revenueCents: 1999, currency: 'EUR', props: order }],
    ])
  })

  test('refund is the purchase with a negative value, so that it takes back its credit', () => {
    dataLayer(client)
    push('refund', order)
    expect(client.converted).toEqual([
      ['purchase', { id: 'T1', revenueCents: -1999, currency: 'EUR', props: order }],
    ])
  })

  test('a refund without a value is an ordinary event', () => {
    dataLayer(client)
    push('refund', { transaction_id: 'T1' })
    expect([client.converted, client.tracked]).toEqual([[], [['refund', { transaction_id: 'T1' }]]])
  })

  test('that was pushed before is read too', () => {
    layers.dataLayer = []
    push('add_to_cart', {})
    dataLayer(client)
    push('begin_checkout', {})
    expect(client.tracked.map(([name]) => name)).toEqual(['add_to_cart', 'begin_checkout'])
  })
})

describe('a purchase', () => {
  const buy = (ecommerce: unknown, options = {}) => {
    dataLayer(client, options)
    layers.dataLayer?.push({ event: 'purchase', ecommerce })
    const [, { id, revenueCents, currency } = {}] = client.converted[0] ?? []
    return { id, revenueCents, currency }
  }

  test.each([
    ['yen are whole', { value: 500, currency: 'JPY' }, { revenueCents: 500, currency: 'JPY' }],
    [
      'dinars have three decimals',
      { value: '1.5', currency: 'KWD' },
      { revenueCents: 1500, currency: 'KWD' },
    ],
    [
      'a currency may be in lower case',
      { value: 1, currency: 'usd' },
      { revenueCents: 100, currency: 'USD' },
    ],
    ['without a currency it has no value, and still counts', { value: 1 }, {}],
    [
      'with an unreadable amount it has no value, and still counts',
      { value: '1,299.00', currency: 'USD' },
      {},
    ],
    ['an order number may be a number', { transaction_id: 17 }, { id: '17' }],
    ['without any detail it still counts', undefined, {}],
  ])('%s', (_, ecommerce, expected) => {
    expect(buy(ecommerce)).toEqual({
      id: undefined,
      revenueCents: undefined,
      currency: undefined,
      ...expected,
    })
    expect(client.converted).toHaveLength(1)
  })

  test('uses the currency option if the order has none', () => {
    expect(buy({ value: 1 }, { currency: 'EUR' })).toMatchObject({ revenueCents: 100, currency: 'EUR' })
  })
})

describe('what is taken', () => {
  const propsOf = (ecommerce: unknown) => {
    dataLayer(client)
    layers.dataLayer?.push({ event: 'add_to_cart', ecommerce, user_data: { email: 'a@example.com' } })
    return client.tracked[0]?.[1]
  }

  test('is nothing personal, wherever it is', () => {
    const item = { item_id: 'A1', email: 'a@example.com', recipient: { phone: '+49' } }
    const ecommerce = {
      user_data: { email: 'a@example.com' },
      email: 'a@example.com',
      phone_number: '1',
      address: {},
      items: [item],
    }
    expect(propsOf(ecommerce)).toEqual({ items: [{ item_id: 'A1' }] })
  })

  test('is no number that JSON cannot represent, and no object in place of a text', () => {
    expect(propsOf({ value: Number.NaN, tax: Infinity, coupon: { code: 'X' }, shipping: 3 })).toEqual({
      shipping: 3,
    })
  })

  test('is cut to a limited length, never through a character', () => {
    expect(propsOf({ coupon: `${'x'.repeat(255)}🎁` })).toEqual({ coupon: 'x'.repeat(255) })
  })

  test('fits the collector’s limits: items beyond them are left out, and counted', () => {
    const items = Array.from({ length: 1000 }, (_, index) => ({
      item_id: `${index}`,
      item_name: 'ü'.repeat(300),
    }))
    const props = propsOf({ items }) as { items: unknown[]; items_total: number }
    expect(props.items_total).toBe(1000)
    expect(props.items.length).toBeGreaterThan(30)
    expect(new TextEncoder().encode(JSON.stringify(props)).length).toBeLessThan(32_768)
  })
})

describe('the layer itself', () => {
  test('keeps what is pushed, and push returns the same as before', () => {
    layers.dataLayer = ['first']
    dataLayer(client)
    expect(layers.dataLayer.push('second', 'third')).toBe(3)
    expect(layers.dataLayer).toEqual(['first', 'second', 'third'])
  })

  test('keeps working when the client fails, and when what is pushed throws', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    client.track = () => {
      throw new Error('broken')
    }
    dataLayer(client)
    const hostile = {
      get event() {
        throw new Error('hostile')
      },
    }
    expect(layers.dataLayer?.push({ event: 'view_item' }, hostile)).toBe(2)
  })

  test('may be wrapped by others, before and after', () => {
    const seen: unknown[] = []
    const layer: unknown[] = []
    layers.dataLayer = layer
    const wrap = () => {
      const { push } = layer
      layer.push = (...pushed) => {
        seen.push(...pushed)
        return push.apply(layer, pushed)
      }
    }
    wrap()
    dataLayer(client)
    wrap()
    layer.push({ event: 'view_item' })
    expect([seen.length, client.tracked.length]).toEqual([2, 1])
  })

  test.each([
    ['frozen', Object.freeze([{ event: 'view_item' }]), 1],
    ['not an array', { push: 'no' }, 0],
  ])('that is %s breaks nothing', (_, layer, expected) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    layers.dataLayer = layer as unknown[]
    expect(() => dataLayer(client)).not.toThrow()
    expect(client.tracked).toHaveLength(expected)
  })

  test('may have another name', () => {
    dataLayer(client, { layer: 'shopLayer' })
    layers.shopLayer?.push({ event: 'view_item' })
    expect(client.tracked).toHaveLength(1)
  })

  test.each([
    ['null, which clears it for Google', { ecommerce: null }],
    ['another event', { event: 'gtm.js' }],
    ['another command', ['config', 'G-1', {}]],
    ['a function', () => {}],
    ['nothing', undefined],
  ])('%s is ignored', (_, pushed) => {
    dataLayer(client)
    layers.dataLayer?.push(pushed)
    expect([client.tracked, client.converted]).toEqual([[], []])
  })

  test('after the undo nothing is read', () => {
    const undo = dataLayer(client)
    undo()
    layers.dataLayer?.push({ event: 'view_item' })
    expect(client.tracked).toEqual([])
  })
})
