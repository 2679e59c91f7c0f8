/** Records a screen each time React Navigation shows another one. */
import type { Undo } from '../core/ports.ts'

/** A route of React Navigation, as far as it matters here. */
export interface Route {
  key?: string
  name: string
  params?: object
}

/** The ref of a NavigationContainer, as `createNavigationContainerRef()` and `useNavigationContainerRef()` return it. */
export interface NavigationRef {
  isReady(): boolean
  getCurrentRoute(): Route | undefined
  addListener(type: never, listener: () => void): Undo
}

/** What a screen is called, and what else to record of it. */
export interface Screen {
  name: string
  props?: Record<string, unknown>
}

/** The name of the route. Its parameters may hold anything, so they are left out. */
const nameOnly = ({ name }: Route): Screen => ({ name })

/** Calls `screen` for the present route and each later one. A change of a route's parameters is no new screen. */
export function watchNavigation(
  navigation: NavigationRef,
  screen: (name: string, props?: Record<string, unknown>) => void,
  describe: (route: Route) => Screen | undefined = nameOnly,
): Undo {
  let shown: string | undefined

  function look(): void {
    const route = navigation.isReady() ? navigation.getCurrentRoute() : undefined
    if (!route) return
    const { key = route.name } = route
    if (key === shown) return
    shown = key
    const described = describe(route)
    if (described) screen(described.name, described.props)
  }

  look()
  // `ready` comes with version 7; before it, the first `state` comes when the container is mounted.
  const undos = ['state', 'ready'].map((type) => navigation.addListener(type as never, look)) // the ref types its own events
  return () => {
    for (const undo of undos) undo()
  }
}
