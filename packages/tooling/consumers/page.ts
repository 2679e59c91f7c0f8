/** What a page imports; Vite and webpack bundle it, and the compiler checks it in two resolutions. */
import { createClient } from '@headwater/sdk'
import { dataLayer } from '@headwater/sdk/data-layer'
import { engagement } from '@headwater/sdk/engagement'
import { interactions } from '@headwater/sdk/interactions'
import { links } from '@headwater/sdk/links'
import { vitals } from '@headwater/sdk/vitals'

const { token, endpoint } = document.body.dataset
const hw = createClient<{ packed: { by: string } }>({ token: token ?? '', endpoint: endpoint ?? '' })
for (const extra of [dataLayer, engagement, interactions, links, vitals]) extra(hw)
hw.track('packed', { by: document.title })
hw.on('delivered', ({ accepted }) => document.body.append(`Stored: ${accepted}.`))
