/** Reports a purchase from a server: `node examples/node/send.mjs [order number]`. */
import { readDev } from '../dev.mjs'

if (!process.env.HEADWATER_TOKEN) {
  const { url, secret_token } = readDev()
  Object.assign(process.env, { HEADWATER_URL: url, HEADWATER_TOKEN: secret_token })
}
const order = process.argv[2] ?? '1003'

const { HEADWATER_URL, HEADWATER_TOKEN } = process.env
const purchase = {
  idempotency_key: `purchase ${order}`, // sent twice, it is stored once
  type: 'track',
  name: 'purchase',
  occurred_at: new Date().toISOString(),
  user_id: 'user_42',
  conversion: true,
  conversion_id: order, // reported by the browser too, it counts once
  revenue_cents: 4999,
  currency: 'EUR',
}
const answer = await fetch(`${HEADWATER_URL}/v1/batch`, {
  method: 'POST',
  headers: { authorization: `Bearer ${HEADWATER_TOKEN}`, 'content-type': 'application/json' },
  body: JSON.stringify({ v: 1, sent_at: new Date().toISOString(), events: [purchase] }),
})
console.log(answer.status, await answer.json())
