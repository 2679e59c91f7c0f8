/** The channel of a touch as it is stored. */
import { type ChannelPlace, placeInChannel } from '@headwater/attribution/channels'
import type { TouchSource } from '@headwater/attribution/touch'
import type { NamedChannelRules } from '@headwater/server/website-settings'

interface Placed extends ChannelPlace {
  type: string
  rules: NamedChannelRules
}

// The touches and the reports of a session share one source object, so its channel is found once.
const places = new WeakMap<TouchSource, Placed>()

/** Where the rules of a website put a touch of this type. Never throws. */
export function channelOfTouch(source: TouchSource, type: string, rules: NamedChannelRules): ChannelPlace {
  const known = places.get(source)
  if (known?.rules === rules && known.type === type) return known
  const placed = { ...placeInChannel({ ...source, type }, rules), type, rules }
  places.set(source, placed)
  return placed
}
