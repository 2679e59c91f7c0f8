/** UUIDs for ids chosen by clients: the id itself if it is a UUID, else a hash of it. */
import { createHash } from 'node:crypto'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The id itself, in lower case, if it is a UUID; else a UUID v8 made of its SHA-256. */
export function toUuid(id: string): string {
  const lower = id.toLowerCase()
  return uuidPattern.test(lower) ? lower : hashToUuid(id)
}

/** A UUID v8 (RFC 9562: the custom kind) made of the first 122 bits of the text's SHA-256. */
export function hashToUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const variant = ((Number.parseInt(hex[16] as string, 16) & 0x3) | 0x8).toString(16) // a SHA-256 has 64 hex digits
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
