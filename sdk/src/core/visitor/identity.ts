/** Which ids `identify` accepts, and how an e-mail address becomes its hash, the only form in which it leaves the device. */
import { isIllegalId, limits, type WireIdentity } from '@headwater/contract'
import type { Ids } from '../ports.ts'

/**
 * The id as it will be sent; undefined when it identifies no one, such as null, 'undefined' or a blank. Nor does a number
 * above 2^53, because it was rounded, and two users would become one.
 */
export function readUserId(userId: unknown): string | undefined {
  const isId = Number.isSafeInteger(userId) || /^(string|bigint)$/.test(typeof userId)
  const id = isId ? `${userId}`.trim() : ''
  return isIllegalId(id) || id.length > limits.userId ? undefined : id
}

/** Trimmed, lower-cased, hashed: what ad platforms match on. Undefined where the platform cannot hash. */
export async function emailIdentity(email: string, ids: Ids): Promise<WireIdentity | undefined> {
  const value = await ids.sha256(email.trim().toLowerCase())
  return value ? { type: 'email_hash', value } : undefined
}
