/** Uses nothing of what it imports, so that nothing must be left of it in a bundle. */
import '@headwater/sdk'
import '@headwater/sdk/links'
import '@headwater/sdk/node'
import '@headwater/sdk/react'
import '@headwater/sdk/vitals'
