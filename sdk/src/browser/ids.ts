/** Ids, hashes and random numbers, by the browser's own cryptography. */
import type { Clock, Ids } from '../core/ports.ts'

export function createIds(clock: Clock): Ids {
  let last = 0n

  return {
    // RFC 9562, version 7: 48 bits of time and 12 that count within a millisecond, as one growing number; 60 random bits.
    uuid() {
      const now = BigInt(clock.now()) << 12n
      last = now > last ? now : last + 1n
      const time = last.toString(16).padStart(15, '0')
      const random = hex(randomBytes())
      return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${time.slice(12)}-8${random.slice(1, 4)}-${random.slice(4)}`
    },
    async sha256(text) {
      // Browsers leave `subtle` out of pages without a secure context.
      const digest = await crypto.subtle?.digest('SHA-256', new TextEncoder().encode(text))
      return digest && hex(new Uint8Array(digest))
    },
    random: Math.random,
  }
}

function randomBytes(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(8)) // not randomUUID: pages without a secure context lack it
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
