/** What a client reports to its listeners, by name. */
import type { WireEvent } from '@headwater/contract'
import type { DropReason, ErrorCode } from './codes.ts'
import type { Answer } from './ports.ts'
import type { StoredEvent } from './records.ts'

export interface Notices {
  /** The collector has stored a batch; the counts are its own. */
  delivered: { accepted: number; duplicate: number; rejected: number }
  /** `count` events were lost. `code` is the collector's, if it gave one; `message` says more. */
  dropped: { reason: DropReason; count: number; code?: string; message?: string }
  /**
   * Something that a person should fix. `message` says what was attempted, what was found and what to do; in the script
   * tag it says where to read that. `cause` is what was thrown, or the collector's answer: `{ status, body }`.
   */
  error: { code: ErrorCode; message: string; cause?: unknown }
  /** A call was recorded: its event, still without visitor and session, which are added when it is written. */
  recorded: { event: WireEvent }
  /** A request has ended, well or not. `bytes` is the size of its body; `leaving` is true when the page might be leaving. */
  answered: { events: StoredEvent[]; bytes: number; leaving: boolean; answer: Answer }
}
