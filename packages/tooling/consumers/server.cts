/** What a server imports with require. */
import { createClient, fromRequest } from '@headwater/sdk/node'

const hw = createClient<{ purchase: { items: number } }>({
  token: 'hw_sec_x',
  endpoint: 'https://t.example.com',
})
const visitor = fromRequest({ headers: { cookie: '' } })
hw.conversion('purchase', { ...visitor, userId: 'user_42', id: '1001', props: { items: 1 } })
export const done: Promise<void> = hw.shutdown()
