/** A client of any events: optional files record events that a site's own event map need not contain. */
import type { Client } from '../core/api.ts'

/** Any client, as far as these verbs go. */
export type AnyClient<Verb extends 'track' | 'conversion' | 'on'> = Pick<
  {
    track(name: never, ...props: never[]): void
    conversion(name: never, details?: never): void
    on: Client['on']
  },
  Verb
>

/** The same client, taking any name. */
export const anyEvent = <Verb extends 'track' | 'conversion' | 'on'>(client: AnyClient<Verb>) =>
  client as unknown as Pick<Client, Verb> // names exist only for the compiler
