/** Records that the app was installed, updated, opened, or left for another one. */
import type { Clock, Ids } from '../core/ports.ts'
import type { Recorder } from '../core/record.ts'
import type { Stamp } from '../core/visitor/draft.ts'
import type { AppNotes } from './app-note.ts'

/** What the app is; everything is optional. */
export interface AppDetails {
  /** Its bundle id or package name, for the addresses of its screens. Default `app`. */
  id?: string
  /** As the stores show it, `2.1.0`. Needed to notice an update. */
  version?: string
  /** The build number. */
  build?: string
}

export interface AppEventsParts {
  app: AppDetails
  record: Recorder['record']
  notes: AppNotes
  ids: Ids
  clock: Clock
}

export interface AppEvents {
  /**
   * The visitor opens the app for the first time since it was started. Returns what records that once the note of earlier
   * starts is there, with the time of now.
   */
  opening(): () => void
  /** The visitor is back. */
  returned(): void
  /** The visitor has left the app for another one. */
  left(): void
}

export function createAppEvents({ app, record, notes, ids, clock }: AppEventsParts): AppEvents {
  const { version, build } = app
  const stampNow = (): Stamp => ({ key: ids.uuid(), at: clock.now() })

  const track = (name: string, props: object, stamp?: Stamp) =>
    record(() => ({ type: 'track', name, props: { version, build, ...props } }), stamp)

  function trackOpening(changed: Stamp, opened: Stamp): void {
    const note = notes.note()
    const isOther = note?.version !== version || note?.build !== build
    const isUpdated = note?.version !== undefined && isOther
    if (!note) track('app_installed', {}, changed)
    if (isUpdated)
      track('app_updated', { previous_version: note.version, previous_build: note.build }, changed)
    if (!note || isOther) notes.changeWith(opened.key, { version, build })
    track('app_opened', { from_background: false }, opened)
  }

  return {
    opening() {
      const [changed, opened] = [stampNow(), stampNow()]
      return () => trackOpening(changed, opened)
    },
    returned: () => track('app_opened', { from_background: true }),
    left: () => track('app_backgrounded', {}),
  }
}
