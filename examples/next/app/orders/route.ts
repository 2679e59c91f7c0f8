/** Reports a purchase, credited to the browser that sent this request. */
import { createClient, fromRequest } from '@headwater/sdk/node'

export async function POST(request: Request) {
  const hw = createClient({
    token: process.env.HEADWATER_TOKEN,
    endpoint: process.env.NEXT_PUBLIC_HEADWATER_URL ?? '',
  })
  hw.conversion('purchase', { ...fromRequest(request), id: '1005', revenueCents: 4999, currency: 'EUR' })
  await hw.shutdown() // on a serverless host: `after(() => hw.shutdown())` of 'next/server'
  return Response.json({ order: '1005' })
}
