/** Reads the body of `POST /v1/batch`: JSON, version, shape, size. Throws a Problem if the batch as a whole is invalid. */
import { type Batch, limits, supportedVersions } from '@headwater/contract'
import { batchSchema } from '@headwater/contract/schema'
import { Problem } from '@headwater/server/problem'
import { needsRepair, repairText } from '../repair-text.ts'

/** The batch with its events not parsed yet: each is judged on its own. */
export function readBatch(body: string): Batch {
  const value = parseJson(body)
  checkVersion(value)
  const parsed = batchSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Problem(
      'invalid_batch',
      `${issue?.path.join('.') || 'The body'} is not valid: ${issue?.message}. Send { "v": 1, "events": [ … ] }.`,
    )
  }
  const { events } = parsed.data
  if (events.length > limits.eventsPerBatch) {
    throw new Problem(
      'too_large',
      `The batch has ${events.length} events; ${limits.eventsPerBatch} are allowed. Send it in parts.`,
    )
  }
  return parsed.data
}

function parseJson(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body)
    return needsRepair(body) ? repairText(value) : value
  } catch (error) {
    throw new Problem(
      'invalid_json',
      `The body is not valid JSON: ${(error as Error).message.slice(0, 60)}.`,
      { cause: error },
    )
  }
}

function checkVersion(value: unknown): void {
  const version = (value as { v?: unknown } | null)?.v // any JSON; a missing field shows as undefined
  if (typeof version !== 'number') {
    throw new Problem(
      'invalid_batch',
      'The body must be an object with the version of the wire format in "v", currently 1, and the events in "events".',
    )
  }
  if (!supportedVersions.some((supported) => supported === version)) {
    throw new Problem(
      'unsupported_version',
      `"v" is ${version}; this collector reads ${supportedVersions.join(', ')}. Upgrade the collector.`,
    )
  }
}
