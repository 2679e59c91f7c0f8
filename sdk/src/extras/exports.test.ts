/** States what all optional files have in common. */
import { createRecordingClient } from '@headwater/testkit/recording-client'
import { expect, test } from 'vitest'
import type { Client } from '../core/api.ts'
import * as dataLayer from './data-layer.ts'
import * as debug from './debug.ts'
import * as engagement from './engagement.ts'
import * as interactions from './interactions.ts'
import * as links from './links.ts'
import * as vitals from './vitals.ts'

test.each([
  ['vitals', vitals.default, vitals.vitals],
  ['engagement', engagement.default, engagement.engagement],
  ['interactions', interactions.default, interactions.interactions],
  ['data-layer', dataLayer.default, dataLayer.dataLayer],
  ['links', links.default, links.links],
  ['debug', debug.default, debug.debug],
])('%s can be imported without a page, and exports one function by two names', (_, byDefault, byName) => {
  expect(byDefault).toBeTypeOf('function')
  expect(byDefault).toBe(byName)
})

test('each optional file takes a client with typed events, and options as in a tag', () => {
  const typed = createRecordingClient() as unknown as Client<{ purchase: { orderId: string } }> // only its type matters
  // Not called, because there is no page; the compiler is the test.
  const start = (attributes: Record<string, string>) => [
    vitals.vitals(typed),
    engagement.engagement(typed),
    interactions.interactions(typed, attributes),
    dataLayer.dataLayer(typed, attributes),
    links.links(typed, attributes),
    debug.debug(typed),
  ]
  expect(start).toBeTypeOf('function')
})
