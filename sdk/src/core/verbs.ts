/** The verbs that record events: what each of their calls says about its event. */
import type { WireEvent } from '@headwater/contract'
import type { Client, Conversion, Traits } from './api.ts'
import type { Parts } from './parts.ts'
import type { Recorder } from './record.ts'
import type { Stamp } from './visitor/draft.ts'
import { emailIdentity, readUserId } from './visitor/identity.ts'

export type Verbs = Pick<Client, 'track' | 'page' | 'conversion' | 'identify'>

export const pageView = { type: 'page', name: 'page_view' } as const

/** With a stamp: the verbs of a call that was made before there was a client. */
export function createVerbs({ ids, lose }: Parts, recorder: Recorder, stamp?: Stamp): Verbs {
  const { record, refuse, isNews } = recorder

  async function addEmail(event: WireEvent, email: unknown): Promise<void> {
    if (typeof email !== 'string' || !email.trim()) return
    const identity = await emailIdentity(email, ids)
    if (identity) event.identities = [identity]
    else lose('email_not_hashed')
  }

  return {
    track: (name: string, props?: object) =>
      record((copy) => ({ type: 'track', ...copy({ name, props }) }), stamp),
    page: (name = pageView.name, props) =>
      record((copy) => ({ type: 'page', ...copy({ name, props }) }), stamp),
    conversion: (name: string, details?: Conversion) =>
      record((copy) => {
        const { id, revenueCents, currency, props } = copy<Conversion>(details ?? {})
        return {
          type: 'track',
          ...copy({ name }),
          props,
          conversion: true,
          conversion_id: Number.isFinite(id) ? `${id}` : (id as string | undefined), // the collector checks other values
          revenue_cents: revenueCents,
          currency,
        }
      }, stamp),
    identify(userId, traits) {
      const id = readUserId(userId)
      if (!id) return refuse('illegal_id', userId)
      let email: unknown
      record(
        (copy) => {
          email = copy<Traits>(traits ?? {}).email
          return isNews(id, email) ? { type: 'identify', user_id: id } : undefined
        },
        stamp,
        (event) => addEmail(event, email),
      )
    },
  }
}
