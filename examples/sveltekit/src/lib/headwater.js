/** One client for the application; components use it in event handlers and effects, which run in the browser only. */

import { createClient } from '@headwater/sdk'
import { PUBLIC_HEADWATER_TOKEN, PUBLIC_HEADWATER_URL } from '$env/static/public'

/** @type {import('@headwater/sdk').Client} */
export let hw

export function start() {
  hw = createClient({ token: PUBLIC_HEADWATER_TOKEN, endpoint: PUBLIC_HEADWATER_URL })
}
