/** Node's own modules without an import: an edge runtime that lacks them can load this file. */

/** The file system, and the name of the machine. */
export interface NodeModules {
  fs: typeof import('node:fs')
  os: typeof import('node:os')
}

/** Undefined where there is no Node. */
export function nodeModules(): NodeModules | undefined {
  const load = globalThis.process?.getBuiltinModule
  return load && { fs: load('node:fs'), os: load('node:os') }
}
