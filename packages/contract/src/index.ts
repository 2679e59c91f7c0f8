/**
 * What SDK and collector agree on. schema.ts is imported on its own because it needs zod, currencies.ts because the SDK must
 * not ship its table.
 */
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
