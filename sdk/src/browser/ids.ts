/** Ids, hashes and random numbers, by the browser's own cryptography. */
import type { Clock, Ids } from '../core/ports.ts'

export function createIds(clock: Clock): Ids {
  let lastMs = 0
  let count = 0

  return {
    // RFC 9562, version 7: 48 bits of time, 12 that count within a millisecond, 60 random bits.
    uuid() {
      const now = clock.now()
      count = now > lastMs ? 0 : (count + 1) % 4096
      // A millisecond that is full borrows from the next one.
      lastMs = count ? lastMs : Math.max(now, lastMs + 1)
      const random = hexOf(crypto.getRandomValues(new Uint8Array(8))) // not randomUUID: it needs a secure context
      const digits = `${hex(lastMs, 12)}7${hex(count, 3)}8${random.slice(1)}`
      return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    },
    async sha256(text) {
      // Browsers leave `subtle` out of pages without a secure context.
      const digest = await crypto.subtle?.digest('SHA-256', new TextEncoder().encode(text))
      return digest && hexOf(new Uint8Array(digest))
    },
    random: Math.random,
  }
}

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')

function hexOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += hex(byte, 2)
  return text
}
