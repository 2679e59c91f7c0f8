/** What a model may look at: the touches of a person, and other events on the way to a conversion. */

/** A touch as far as credit cares. */
export interface CreditTouch {
  /** A decimal number, as the database counts them. */
  id: string
  /** Epoch ms. */
  at: number
  isDirect: boolean
  /** Default false. */
  isPaid?: boolean
  /** What `participation` counts once, for example the channel. Default: every touch is an item of its own. */
  item?: string
  /** Order among touches of the same instant; default 0. */
  seq?: number
}

/** An event on the way to a conversion, for example the creation of a lead. */
export interface Milestone {
  /** The name of the event. */
  name: string
  /** Epoch ms. */
  at: number
}

/** The values of a model's parameters, by name. */
export type ModelParameters = Readonly<Record<string, number | string>>

export interface Journey {
  /** At least one, in the order they happened. */
  touches: readonly CreditTouch[]
  /** Not after the conversion, in any order. */
  milestones: readonly Milestone[]
  /** All that the model has. */
  parameters: ModelParameters
}

/** Returns the share of each touch, in any unit. */
export type Weigher = (journey: Journey) => number[]
