/** Notices when the visitor leaves the app for another one, and when they come back. */
import type { Undo } from '../core/ports.ts'

/** `AppState` of React Native. */
export interface AppStateLike {
  readonly currentState: string | null
  addEventListener(type: 'change', listener: (state: string) => void): { remove(): void }
}

/** What happens at each switch. */
export interface Switches {
  /** The app was in the background, and is no longer. */
  came(): void
  /** The app is in the background now. */
  went(): void
}

/** Whether the system has started the app without showing it. */
export const isInBackground = ({ currentState }: AppStateLike) => currentState === 'background'

/**
 * Each switch counts once: `inactive`, in which iOS shows the app switcher or a call, is on the way to either side, and
 * Android repeats states.
 */
export function watchSwitches(appState: AppStateLike, { came, went }: Switches): Undo {
  let isAway = isInBackground(appState)

  const subscription = appState.addEventListener('change', (state) => {
    if (state === 'background' && !isAway) {
      isAway = true
      went()
    }
    if (state === 'active' && isAway) {
      isAway = false
      came()
    }
  })
  return () => subscription.remove()
}
