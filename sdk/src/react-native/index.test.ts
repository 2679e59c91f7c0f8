/** States that the entry works with the parts of React Native itself. */
import { createFakeNetwork, createFakeStore } from '@headwater/testkit/fake-app'
import { needed } from '@headwater/testkit/fake-page'
import { afterEach, expect, test, vi } from 'vitest'
import { ConfigError, createClient } from './index.ts'

afterEach(() => void vi.unstubAllGlobals())

test('a client records typed events, and the opening of the app', async () => {
  const network = createFakeNetwork()
  vi.stubGlobal('fetch', network.fetch)
  const hw = createClient<{ purchase: { sku: string } }>({ ...needed, storage: createFakeStore() })
  hw.track('purchase', { sku: 'A1' })
  await hw.shutdown()
  expect(network.events().map(({ name }) => name)).toContain('purchase')
})

test('an option that cannot work throws', () => {
  expect(() => createClient({ ...needed, storage: undefined as never })).toThrow(ConfigError)
})
