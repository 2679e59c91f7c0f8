/** Runs the SDK in Hermes: an app that is opened by a link, records 250 events without a network, and is left. */
import './shims'
import { createClient } from '@headwater/sdk/react-native'
import { leave } from './react-native'

const texts = new Map()
const storage = {
  getAllKeys: async () => [...texts.keys()],
  getItem: async (key) => texts.get(key) ?? null,
  setItem: async (key, text) => void texts.set(key, text),
  removeItem: async (key) => void texts.delete(key),
}
const totals = { accepted: 0, duplicate: 0, rejected: 0, dropped: 0 }

async function run() {
  const hw = createClient({ token, endpoint, storage, app: { id: 'com.example.shop', version: '1.0.0' } })
  hw.on('delivered', ({ accepted, duplicate, rejected }) => {
    totals.accepted += accepted
    totals.duplicate += duplicate
    totals.rejected += rejected
  })
  hw.on('dropped', ({ count }) => {
    totals.dropped += count
  })
  hw.on('error', ({ message }) => print(`ERROR ${message}`))
  hw.identify('u1', { email: 'a@example.com' })
  for (let n = 0; n < 250; n++) hw.track('e', { n, text: 'Grüße 👋' })
  hw.screen('Product')
  hw.conversion('purchase', { id: '1001', revenueCents: 1_800, currency: 'EUR' })
  await hw.flush()
  leave()
  await hw.flush()
  await hw.shutdown()
  const waiting = [...texts.keys()].filter((key) => key.includes('/q')).length
  print(`DONE ${JSON.stringify({ ...totals, waiting })}`)
  quit()
}

run().catch((error) => print(`FAILED ${error.stack}`))
