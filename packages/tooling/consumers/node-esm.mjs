/** Plain Node, ES modules: every entry can be imported without a page, changes no global, and the server's client delivers. */
import assert from 'node:assert/strict'
import { exchange } from './exchange.mjs'

const globals = Object.getOwnPropertyNames(globalThis)
const sdk = await import('@headwater/sdk')
const { dataLayer } = await import('@headwater/sdk/data-layer')
const { debug } = await import('@headwater/sdk/debug')
const { engagement } = await import('@headwater/sdk/engagement')
const { interactions } = await import('@headwater/sdk/interactions')
const { links } = await import('@headwater/sdk/links')
const { vitals } = await import('@headwater/sdk/vitals')
const { HeadwaterProvider } = await import('@headwater/sdk/react')
for (const it of [dataLayer, debug, engagement, interactions, links, vitals, HeadwaterProvider])
  assert.equal(typeof it, 'function')
assert.deepEqual(Object.getOwnPropertyNames(globalThis), globals)
const options = { token: 'hw_pub_abcd1234_x', endpoint: 'https://t.example.com' }
assert.throws(() => sdk.createClient(options), /must run in a browser/)
assert.equal(await exchange(await import('@headwater/sdk/node')), 'packed')
