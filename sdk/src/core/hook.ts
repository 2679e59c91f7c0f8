/** The page's `beforeSend` hook, which sees each event before it is stored. The script tag uses no-hook.ts instead. */
import type { WireEvent } from '@headwater/contract'
import type { Losses } from './losses.ts'
import type { Settings } from './options.ts'

/** Copies an object as the JSON it is now, so that later changes by the page have no effect. */
export type Copy = <T extends object>(value: T) => T

/** Whether the page has a hook: what it returns is stored, and nothing is added to it. */
export const hasHook = ({ beforeSend }: Pick<Settings, 'beforeSend'>) => beforeSend !== undefined

/** Returns the event that is to be stored; undefined when it is dropped. */
export type Hook = (event: WireEvent, copy: Copy) => WireEvent | undefined

/** `fail` is called when the page's hook throws, or does not return an event of the same type. */
export function createHook(
  { settings, lose }: Pick<Losses, 'lose'> & { settings: Pick<Settings, 'beforeSend'> },
  fail: (cause: unknown) => void,
): Hook {
  return (event, copy) => {
    const { beforeSend } = settings
    if (!beforeSend) return event
    // The hook cannot change what identifies an event.
    const { idempotency_key, stream, seq, occurred_at, type } = event
    try {
      const answer = beforeSend(event)
      if (answer?.type === type)
        return { ...answer, ...copy({ props: answer.props }), idempotency_key, stream, seq, occurred_at }
      if (answer) throw new Error('it returned no event of this type')
      lose('before_send')
    } catch (cause) {
      fail(cause)
    }
  }
}
