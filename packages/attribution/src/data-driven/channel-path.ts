/** What data-driven models take and return: paths of channels with their outcomes, and the credit of each channel. */

/** A path that people took. One without channels, or without people, is ignored: no channel had a part in it. */
export interface ChannelPath {
  /** The channels, in order. */
  path: readonly string[]
  /** How many people converted at its end. */
  conversions: number
  /** How many did not. */
  nulls: number
  /** Of all its conversions, in minor units of one currency; an integer. Default 0. */
  valueCents?: number
}

export interface ChannelCredit {
  channel: string
  /** The weights of all channels sum to 1. */
  weight: number
  /** Those of all channels sum to those of all paths. */
  conversions: number
  /** Minor units; those of all channels sum exactly to those of all paths. */
  valueCents: number
}

/** Without conversions there is nothing to divide, and nothing to learn from. */
export interface InsufficientData {
  status: 'insufficient_data'
}

export function isTaken({ path, conversions, nulls }: ChannelPath): boolean {
  return path.length > 0 && conversions + nulls > 0
}
