/** Plain Node, CommonJS: the server's client has a build of its own; the others load as ES modules, as Node 20.19 and newer can. */
const assert = require('node:assert/strict')
const sdk = require('@headwater/sdk')
const server = require('@headwater/sdk/node')

assert.match(require.resolve('@headwater/sdk/node'), /node\.cjs$/)
const options = { token: 'hw_pub_abcd1234_x', endpoint: 'https://t.example.com' }
assert.throws(() => sdk.createClient(options), /must run in a browser/)
import('./exchange.mjs')
  .then(({ exchange }) => exchange(server))
  .then((names) => assert.equal(names, 'packed'))
