/** Reports a purchase, credited to the browser that sent this request. */

import { createClient, fromRequest } from '@headwater/sdk/node'
import { redirect } from '@sveltejs/kit'
import { HEADWATER_TOKEN } from '$env/static/private'
import { PUBLIC_HEADWATER_URL } from '$env/static/public'

const hw = createClient({ token: HEADWATER_TOKEN, endpoint: PUBLIC_HEADWATER_URL })

export const actions = {
  async default({ request }) {
    hw.conversion('purchase', { ...fromRequest(request), id: '1007', revenueCents: 4999, currency: 'EUR' })
    await hw.flush()
    redirect(303, '/thanks')
  },
}
