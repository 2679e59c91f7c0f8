/** What is stored of an event's own fields: rules match it before it is stored, and SQL finds it afterwards. */
import type { MatchedEvent } from '@headwater/attribution/matcher/matcher'
import type { WireEvent } from '@headwater/contract'

/** As matchers see it; `url` is in the form in which it is stored. */
export const storedEvent = (wire: WireEvent, url: string | null): MatchedEvent => ({
  type: wire.type,
  name: storedName(wire),
  url,
  title: storedTitle(wire),
  revenue_cents: wire.revenue_cents,
  currency: wire.currency,
  props: wire.props,
})

export const storedName = (wire: WireEvent): string => wire.name ?? wire.type

/** Only of views: other events need no title, because the view of their page or screen has it. */
export const storedTitle = ({ type, title }: WireEvent): string | null =>
  (type === 'page' || type === 'screen') && title !== undefined ? title : null
