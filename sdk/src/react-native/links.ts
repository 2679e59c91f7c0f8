/** Notices the links that open the app, each once. */
import type { Clock, Undo } from '../core/ports.ts'

/** `Linking` of React Native. */
export interface LinkingLike {
  getInitialURL(): Promise<string | null>
  addEventListener(type: 'url', listener: (event: { url: string }) => void): { remove(): void }
}

/** iOS may report the link that starts the app in both ways. No one follows one link twice in this time. */
const sameLinkMs = 5_000

/** Says of each link whether it is one, and not the one before in another way. */
export function createLinkFilter(clock: Clock): (url: unknown) => url is string {
  let last: { url: unknown; at: number } | undefined

  return (url): url is string => {
    const isRepeated = last?.url === url && clock.now() - (last?.at ?? 0) < sameLinkMs
    if (!isRepeated) last = { url, at: clock.now() }
    return typeof url === 'string' && url !== '' && !isRepeated
  }
}

/** Calls `open` with each link that opens the running app. */
export function watchLinks(linking: LinkingLike, open: (url: string) => void): Undo {
  const subscription = linking.addEventListener('url', ({ url }) => open(url))
  return () => subscription.remove()
}

/** The link that has started the app; undefined when it was started otherwise, or when the system fails to say. */
export async function initialLink(linking: LinkingLike): Promise<string | undefined> {
  try {
    return (await linking.getInitialURL()) ?? undefined
  } catch {
    return undefined
  }
}
