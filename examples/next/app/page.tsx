'use client'

/** A page with a product. */
import { useHeadwater } from '@headwater/sdk/react'
import { useRouter } from 'next/navigation'

export default function Shop() {
  const hw = useHeadwater<{ add_to_cart: { sku: string } }>()
  const router = useRouter()
  const buy = async () => {
    await fetch('/orders', { method: 'POST' }) // the server reports the purchase
    router.push('/thanks')
  }
  return (
    <main>
      <button type="button" onClick={() => hw.track('add_to_cart', { sku: 'A1' })}>
        Add to cart
      </button>
      <button type="button" onClick={buy}>
        Buy
      </button>
    </main>
  )
}
