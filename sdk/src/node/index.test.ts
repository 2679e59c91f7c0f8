/** States the types of the entry for servers. */
import { serverNeeds } from '@headwater/testkit/fake-server'
import { expect, test } from 'vitest'
import { ConfigError, createClient } from './index.ts'

test('names and properties of typed events are checked', async () => {
  const client = createClient<{ purchase: { items: number }; signup: object }>({
    ...serverNeeds,
    fetch: async () => new Response('{}', { status: 503 }),
  })
  client.on('error', () => {})
  client.track('signup', { userId: 'u1' })
  client.conversion('purchase', { userId: 'u1', props: { items: 2 } })
  // @ts-expect-error: there is no such event
  client.track('sign_up', { userId: 'u1' })
  // @ts-expect-error: `items` is a number
  client.conversion('purchase', { userId: 'u1', props: { items: '2' } })
  // @ts-expect-error: a refund needs an amount
  client.refund('purchase', { userId: 'u1', id: '1001' })
  await client.shutdown({ timeoutMs: 1 })
})

test('an option that cannot work is a ConfigError', () => {
  expect(() => createClient({ ...serverNeeds, token: '' })).toThrow(ConfigError)
})
