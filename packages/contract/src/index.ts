/** What SDK and collector agree on; schema.ts is apart because it brings zod along. */
export { type EventCode, type ProblemCode, problems } from './codes.ts'
export { isIllegalId } from './illegal-ids.ts'
export { limits, supportedVersions } from './limits.ts'
export { type Outcome, outcomeOf } from './outcomes.ts'
export { type EventResult, isReceiptFor, type Problem, type Receipt, type Verdict } from './receipt.ts'
export type {
  Batch,
  EventType,
  Json,
  Utm,
  WireContext,
  WireEvent,
  WireIdentity,
  WireSession,
  WireTouch,
} from './wire.ts'
