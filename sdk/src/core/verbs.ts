/** The verbs that record events: what each of their calls says about its event. */
import type { WireEvent } from '@headwater/contract'
import type { Client, Conversion } from './api.ts'
import type { Parts } from './parts.ts'
import type { Recorder } from './record.ts'
import type { Stamp } from './visitor/draft.ts'
import { emailIdentity, readUserId } from './visitor/identity.ts'

export type Verbs = Pick<Client, 'track' | 'page' | 'conversion' | 'identify'>

export const pageView = { type: 'page', name: 'page_view' } as const

/** With a stamp: the verbs of a call that was made before there was a client. */
export function createVerbs({ ids, drops }: Parts, { record, refuse }: Recorder, stamp?: Stamp): Verbs {
  async function addEmail(event: WireEvent, email: unknown): Promise<void> {
    if (typeof email !== 'string' || !email.trim()) return
    const identity = await emailIdentity(email, ids)
    if (identity) event.identities = [identity]
    else drops.count('email_not_hashed')
  }

  return {
    track: (name: string, props?: object) => record(() => ({ type: 'track', name, props }), stamp),
    page: (name = pageView.name, props) => record(() => ({ type: 'page', name, props }), stamp),
    conversion: (name: string, details?: Conversion) =>
      record(() => {
        const { id, revenueCents, currency, props } = details ?? {}
        const worth = { revenue_cents: revenueCents, currency }
        return { type: 'track', name, props, conversion: true, conversion_id: id, ...worth }
      }, stamp),
    identify(userId, traits) {
      const id = readUserId(userId)
      if (!id) return refuse('illegal_id', userId)
      record(
        () => ({ type: 'identify', user_id: id }),
        stamp,
        (event) => addEmail(event, traits?.email),
      )
    },
  }
}
