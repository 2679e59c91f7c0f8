/** The provider's file says 'use client', so a server component may render it; it starts the client in the browser. */
import { HeadwaterProvider } from '@headwater/sdk/react'
import type { ReactNode } from 'react'

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <HeadwaterProvider
          token={process.env.NEXT_PUBLIC_HEADWATER_TOKEN ?? ''}
          endpoint={process.env.NEXT_PUBLIC_HEADWATER_URL ?? ''}
        >
          {children}
        </HeadwaterProvider>
      </body>
    </html>
  )
}
