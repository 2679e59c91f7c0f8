/** Ids, hashes and chance, by the browser's own cryptography. */
import type { Clock, Ids } from '../core/ports.ts'

export function createIds(clock: Clock): Ids {
  let lastMs = 0
  let counter = 0

  // RFC 9562, version 7: 48 bits of time, 12 bits that count within a millisecond, 62 random bits.
  function uuid(): string {
    const now = clock.now()
    if (now > lastMs || counter === 0xfff) {
      lastMs = Math.max(now, lastMs + 1)
      counter = 0
    } else counter++
    const [high = 0, low = 0] = randomWords()
    const digits = `${hex(lastMs, 12)}7${hex(counter, 3)}${hex(0x80000000 + (high >>> 2), 8)}${hex(low, 8)}`
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  return { uuid, sha256, random: Math.random }
}

function randomWords(): Uint32Array {
  return crypto.getRandomValues(new Uint32Array(2)) // not randomUUID: pages without a secure context lack it
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

async function sha256(text: string): Promise<string | undefined> {
  // Browsers leave `subtle` out of pages without a secure context.
  const digest = await crypto.subtle?.digest('SHA-256', new TextEncoder().encode(text))
  return digest && Array.from(new Uint8Array(digest), (byte) => hex(byte, 2)).join('')
}
