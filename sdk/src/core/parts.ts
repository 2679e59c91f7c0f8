/** What a client is made of, as its rooms share it. */
import type { Drops } from './drops.ts'
import type { Emitter } from './notices.ts'
import type { Settings } from './options.ts'
import type { Ports } from './ports.ts'

export interface Parts {
  ports: Ports
  /** The client's own: setToken and consent change them. */
  settings: Settings
  drops: Drops
  notices: Emitter
}
