/** The verbs of a server's client: what each of their calls says about its event. */

import { withoutSecrets } from '@headwater/attribution/url'
import type { WireEvent } from '@headwater/contract'
import type { Losses } from '../core/losses.ts'
import type { Ids } from '../core/ports.ts'
import { emailIdentity } from '../core/visitor/identity.ts'
import type { ConversionDetails, RefundDetails, ServerClient } from './api.ts'
import type { Given, Recorder } from './record.ts'

type Verbs = Pick<ServerClient, 'track' | 'conversion' | 'refund' | 'identify' | 'touch'>

export function createVerbs({ ids, lose }: { ids: Ids } & Pick<Losses, 'lose'>, { record }: Recorder): Verbs {
  async function addEmail(event: WireEvent, email: unknown): Promise<void> {
    if (typeof email !== 'string' || !email.trim()) return
    const identity = await emailIdentity(email, ids)
    if (identity) event.identities = [identity]
    else lose('email_not_hashed')
  }

  return {
    track: (name, details) =>
      record({ ...details }, ({ props }) => ({ type: 'track', name, props: asJson(props) })),
    conversion: (name, details) =>
      record<ConversionDetails>({ ...details }, (given) => sale(name, given, given.revenueCents)),
    refund: (name, details) =>
      record<RefundDetails>({ ...details }, (given) => {
        const { revenueCents } = given
        // Without an amount it would count as another conversion.
        if (!revenueCents || !Number.isFinite(revenueCents))
          throw new TypeError(`a refund of ${revenueCents}; \`revenueCents\` must be an amount`)
        return sale(name, given, -Math.abs(revenueCents))
      }),
    identify: (details) =>
      record(
        { ...details, userId: details?.userId ?? '' },
        () => ({ type: 'identify' }),
        details?.email ? (event) => addEmail(event, details.email) : undefined,
      ),
    touch: (name, details) =>
      record({ ...details }, ({ props, referrer }) => ({
        type: 'touch',
        name,
        props: asJson(props),
        referrer_url: referrer && withoutSecrets(referrer),
      })),
  }
}

function sale(
  name: string,
  { id, currency, props }: Given<ConversionDetails>,
  revenueCents: number | undefined,
) {
  return {
    type: 'track' as const,
    name,
    props: asJson(props),
    conversion: true,
    conversion_id: typeof id === 'number' ? `${id}` : id,
    revenue_cents: revenueCents,
    currency,
  }
}

const asJson = (props: object | undefined) => props as WireEvent['props'] // copied as JSON before it comes here
