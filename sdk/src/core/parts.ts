/** What the rooms of one client share. */
import type { Drops } from './drops.ts'
import type { Emitter } from './emitter.ts'
import type { Settings } from './options.ts'
import type { Ports } from './ports.ts'

export interface Parts extends Ports {
  /** This client's own copy: `setToken` and `consent` change it. */
  settings: Settings
  drops: Drops
  notices: Emitter
}
