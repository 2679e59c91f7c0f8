/** Imports the SDK in a worker or a service worker, and says what `createClient` answers there. */
import { createClient } from '@headwater/sdk'

function attempt() {
  try {
    createClient({ token: 'hw_pub_abcd1234_x', endpoint: 'https://t.example.com' })
    return 'a client'
  } catch (error) {
    return error.message
  }
}

addEventListener('message', ({ source }) => (source ?? globalThis).postMessage(attempt()))
