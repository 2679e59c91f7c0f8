/** What the parts of one client share. */
import type { Emitter } from './emitter.ts'
import type { Losses } from './losses.ts'
import type { Settings } from './options.ts'
import type { Ports } from './ports.ts'

export interface Parts extends Ports, Losses, Emitter {
  /** This client's own copy: `setToken` and `consent` change it. */
  settings: Settings
}

/** What sending needs of them: also a client without a visitor of its own has these. */
export type SendingParts = Pick<Ports, 'syncStorage' | 'transport' | 'clock' | 'ids'> &
  Losses &
  Pick<Emitter, 'emit' | 'complain'> & {
    settings: Pick<Settings, 'token' | 'endpoint' | 'batchSize' | 'flushIntervalMs' | 'consent'>
  }
