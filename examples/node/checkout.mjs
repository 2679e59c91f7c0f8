/** A shop whose back end reports purchases and refunds: `node examples/node/checkout.mjs`, while `npm start` runs. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, fromRequest } from '@headwater/sdk/node'
import { fillIn, readDev } from '../dev.mjs'

const { url, secret_token } = readDev()
const hw = createClient({
  token: secret_token,
  endpoint: url,
  spool: process.env.SPOOL ?? join(tmpdir(), 'headwater-example'), // events survive a killed process
})
hw.on('delivered', ({ accepted }) => console.log(`Stored: ${accepted}.`))
hw.on('dropped', ({ count, reason, message }) => console.error(`Lost: ${count}, ${reason}.`, message ?? ''))

const page = fillIn(readFileSync(new URL('shop.html', import.meta.url), 'utf8'))
const price = { revenueCents: 4999, currency: 'EUR' }
const orders = new Map() // by number: who has ordered

const routes = {
  'GET /': (_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end(page),
  'POST /orders': (request, response) => {
    const id = String(2001 + orders.size)
    const visitor = fromRequest(request) // whose browser it is, by the cookie of the page's SDK
    orders.set(id, visitor)
    hw.conversion('purchase', { ...visitor, id, ...price, props: { items: 1 } })
    response.end(id)
  },
  'POST /refunds': (request, response) => {
    const id = new URL(request.url, 'http://localhost').searchParams.get('order')
    if (!orders.has(id)) return response.writeHead(404).end()
    // A job that runs twice reports the same key, and the refund counts once.
    hw.refund('purchase', { ...orders.get(id), id, ...price, idempotencyKey: `refund ${id}` })
    response.end(id)
  },
}

const server = createServer((request, response) => {
  const route = routes[`${request.method} ${request.url.split('?')[0]}`]
  if (route) route(request, response)
  else response.writeHead(404).end()
})
server.listen(process.env.PORT ?? 8081, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/?utm_source=newsletter&utm_medium=email`)
})

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    server.close()
    server.closeAllConnections()
    await hw.shutdown({ timeoutMs: 3_000 }) // what is not delivered by then waits in the spool
  })
