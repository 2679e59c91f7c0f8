/** Remembers the newest duplicates for the start page: they have no row in the database. */

import type { StoredBatch } from '../ingest/commit/commit.ts'
import { isRejected } from '../ingest/event.ts'
import type { LiveEvent, LiveView } from './live-view.ts'

const remembered = 50

export function createFeed() {
  let duplicates: LiveEvent[] = []
  return {
    onStored({ request, judged, verdicts }: StoredBatch): void {
      const found = judged
        .filter((event) => verdicts.get(event) === 'duplicate')
        .map((event): LiveEvent => {
          const { type, name } = isRejected(event) ? { type: 'unknown', name: undefined } : event.wire
          const at = new Date(request.receivedAt).toISOString()
          const nothing = {
            code: null,
            path: null,
            message: null,
            customer_id: null,
            session_id: null,
            url: null,
          }
          return { at, type, name: name ?? type, verdict: 'duplicate', ...nothing }
        })
      duplicates = [...found.reverse(), ...duplicates].slice(0, remembered)
    },
    /** Merges the remembered duplicates into the stored and rejected events. */
    merge(view: LiveView): LiveView {
      const events = [...view.events, ...duplicates]
        .sort((a, b) => (a.at < b.at ? 1 : -1))
        .slice(0, remembered)
      return { ...view, events }
    },
  }
}
