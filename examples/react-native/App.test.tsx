/** Renders the app, uses it as a customer would, and looks at what the SDK sends. */
import { expect, jest, test } from '@jest/globals'
import AsyncStorage from '@react-native-async-storage/async-storage'
import { fireEvent, render, screen, waitFor } from '@testing-library/react-native'
import { AppState, Linking } from 'react-native'

interface Sent {
  type: string
  name?: string
  url?: string
  props?: object
  revenue_cents?: number
  session: { id: string; landing_url: string }
}

/** A collector that stores everything. */
const batches: { sdk: { name: string }; events: Sent[] }[] = []
const events = () => batches.flatMap((batch) => batch.events)
globalThis.fetch = jest.fn(async (_url: unknown, init?: { body?: unknown | null }) => {
  const batch = JSON.parse(`${init?.body}`)
  batches.push(batch)
  const { length } = batch.events
  const receipt = { accepted: length, duplicate: 0, rejected: 0, results: [] }
  return { status: 200, headers: new Headers(), json: async () => receipt } as Response
})

test('a customer who comes by a link, looks, buys and leaves is recorded with the campaign of the link', async () => {
  const link = 'https://app.shop.example/mug?utm_source=newsletter&utm_medium=email'
  jest.spyOn(Linking, 'getInitialURL').mockResolvedValue(link)
  const listen = jest.spyOn(AppState, 'addEventListener')
  const { App } = require('./App')
  const { hw } = require('./hw')

  render(<App />)
  fireEvent.press(await screen.findByText('Add to cart'))
  fireEvent.press(screen.getByText('Cart'))
  fireEvent.press(await screen.findByText('Buy'))
  await screen.findByText('Thank you')
  const [, change] = listen.mock.calls.find(([type]) => type === 'change') ?? []
  for (const state of ['inactive', 'background'] as const) change?.(state)
  await waitFor(() => expect(events().at(-1)?.name).toBe('app_backgrounded'))
  await hw.flush()

  expect(events().map(({ type, name }) => `${type} ${name}`)).toEqual([
    'page link_opened',
    'track app_installed',
    'track app_opened',
    'screen Product',
    'track add_to_cart',
    'screen Cart',
    'track purchase',
    'track app_backgrounded',
  ])
  expect(new Set(events().map(({ session }) => session.landing_url))).toEqual(new Set([link]))
  expect(events()[6]).toMatchObject({
    url: 'app://com.example.shop/Cart',
    revenue_cents: 1_800,
    props: { items: 1 },
  })
  expect(batches[0]?.sdk.name).toBe('headwater-react-native')
  await hw.shutdown()
  expect((await AsyncStorage.getAllKeys()).filter((key) => /\/q/.test(key))).toEqual([])
})
