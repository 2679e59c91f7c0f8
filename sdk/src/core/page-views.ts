/** Records a page view each time the visitor comes to a page. */
import type { WireEvent } from '@headwater/contract'
import { hasHook } from './hook.ts'
import type { Parts } from './parts.ts'
import type { Recorder } from './record.ts'
import { pageView } from './verbs.ts'
import type { Stamp } from './visitor/draft.ts'

/** For `Watcher.arrive`. `opening` is the key and time of the first page view, where they are known already. */
export function createPageViews({ lifecycle, settings }: Parts, { record }: Recorder, opening?: Stamp) {
  // An empty title means that the page has no title of its own yet. A hook has seen the event without one, so nothing is added.
  async function addTitle(event: WireEvent, titled: Promise<void>): Promise<void> {
    const { url } = lifecycle.place()
    await titled
    const here = lifecycle.place()
    if (!hasHook(settings) && here.url === url) event.title = here.title
  }

  return (titled?: Promise<void>): void => {
    const complete = titled && ((event: WireEvent) => addTitle(event, titled))
    // The title on the page may still be that of the page before.
    record(() => (titled ? { ...pageView, title: undefined } : pageView), opening, complete)
    opening = undefined
  }
}
