/** A client that only records its calls: for tests of the SDK's optional files. */
import type { Client, Conversion } from '../../../sdk/src/core/api.ts'

export interface RecordingClient extends Pick<Client, 'track' | 'conversion' | 'on'> {
  /** The names and properties of what was tracked, in order. */
  tracked: [name: string, props?: Record<string, unknown>][]
  converted: [name: string, details?: Conversion][]
  /** Emits a notice to listeners; names that the client does not have are allowed. */
  emit(name: string, notice: unknown): void
  /** How many listeners there are. */
  listeners(): number
}

export function createRecordingClient(): RecordingClient {
  const subscriptions = new Set<{ name: string; listener: (notice: never) => void }>()

  const client: RecordingClient = {
    tracked: [],
    converted: [],
    track: (name: string, props?: Record<string, unknown>) => void client.tracked.push([name, props]),
    conversion: (name: string, details?: Conversion) => void client.converted.push([name, details]),
    on(name: string, listener: (notice: never) => void) {
      const subscription = { name, listener }
      subscriptions.add(subscription)
      return () => void subscriptions.delete(subscription)
    },
    emit(name, notice) {
      for (const subscription of subscriptions) {
        if (subscription.name === name) subscription.listener(notice as never) // `on` has paired name and listener
      }
    },
    listeners: () => subscriptions.size,
  }
  return client
}
