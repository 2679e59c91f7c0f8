/** The script tag has no hook: attributes are texts, and cannot hold a function. */
import type { createHook as createWholeHook, hasHook as hasWholeHook } from './hook.ts'

export const hasHook: typeof hasWholeHook = () => false

export const createHook: typeof createWholeHook = () => (event) => event
