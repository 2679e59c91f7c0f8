/** Keeps our failures from affecting the page. */

/** The same function, but what it throws goes to the console, so neither the page nor its error monitor sees it. */
export function guarded<Args extends unknown[]>(run: (...args: Args) => void): (...args: Args) => void {
  return (...args) => {
    try {
      run(...args)
    } catch (error) {
      console.warn('headwater: an optional file failed here; the page is unaffected.', error)
    }
  }
}

type PageEvents = DocumentEventMap & WindowEventMap

/**
 * Listens for what happens anywhere on the page, before the page and the client do: a capturing listener on the window
 * runs first. So what is tracked here when the page is left is part of what the client then sends.
 */
export function listen<Type extends keyof PageEvents>(
  type: Type,
  signal: AbortSignal,
  listener: (event: PageEvents[Type]) => void,
): void {
  const onEvent = guarded(listener) as (event: Event) => void // the browser pairs type and event
  addEventListener(type, onEvent, { capture: true, passive: true, signal })
}
