/** What a React application imports. */
import { HeadwaterProvider, useConsent, useHeadwater } from '@headwater/sdk/react'

function Buy() {
  const hw = useHeadwater()
  const [consent] = useConsent()
  return (
    <button type="button" onClick={() => hw.conversion('purchase', { id: '1001' })}>
      Buy ({consent})
    </button>
  )
}

export const App = () => (
  <HeadwaterProvider token="hw_pub_abcd1234_x" endpoint="https://t.example.com">
    <Buy />
  </HeadwaterProvider>
)
