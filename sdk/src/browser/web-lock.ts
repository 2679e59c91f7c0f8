/** Runs tasks one page at a time, by a Web Lock. */
import type { Storage } from '../core/ports.ts'

/** `Storage.alone` for all pages that use the same name. */
export function createWebLock(name: string): Storage['alone'] {
  let release = () => {}
  // A page that holds a lock is evicted from the back/forward cache, and a frozen one would keep all others waiting.
  addEventListener('pagehide', () => release())
  document.addEventListener('freeze', () => release())

  return async (task) => {
    let run: Promise<void> | undefined
    const runOnce = () => (run ??= task())
    try {
      await navigator.locks.request(name, () =>
        Promise.race([
          runOnce(),
          new Promise<void>((resolve) => {
            release = resolve
          }),
        ]),
      )
    } catch {
      // No secure context, or the lock was refused or stolen. Two pages may then send one event; the collector stores it once.
    }
    await runOnce()
  }
}
