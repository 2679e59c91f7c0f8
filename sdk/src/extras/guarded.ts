/** Keeps a failure of ours out of the page that it happens on. */

/** The same function, but what it throws goes to the console: neither the page nor its error monitor takes it for its own. */
export function guarded<Args extends unknown[]>(run: (...args: Args) => void): (...args: Args) => void {
  return (...args) => {
    try {
      run(...args)
    } catch (error) {
      console.warn('headwater: an optional file failed here, and the page went on.', error)
    }
  }
}

type PageEvents = DocumentEventMap & WindowEventMap

/**
 * Hears of what happens anywhere on the page, before the page and the client do: a capturing listener of the window
 * comes first. So what is tracked here when the page is left goes out with what the client then sends.
 */
export function listen<Type extends keyof PageEvents>(
  type: Type,
  signal: AbortSignal,
  listener: (event: PageEvents[Type]) => void,
): void {
  const hear = guarded(listener) as (event: Event) => void // the browser pairs type and event
  addEventListener(type, hear, { capture: true, passive: true, signal })
}
