/** Ids, hashes and random numbers without Web Crypto, which React Native lacks. */
import { sha256 } from '@noble/hashes/sha2.js'
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
      const digits = `${hex(lastMs, 12)}7${hex(count, 3)}8${hexOf(randomBytes()).slice(1)}`
      return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    },
    async sha256(text) {
      return hexOf(sha256(utf8(text)))
    },
    random: Math.random,
  }
}

/** Eight. Math.random is enough for ids that must only differ: they also hold the time. */
function randomBytes(): Uint8Array {
  const bytes = Uint8Array.from({ length: 8 }, () => Math.random() * 256)
  return globalThis.crypto?.getRandomValues?.(bytes) ?? bytes // where the app has a polyfill
}

/** Older engines have no TextEncoder. */
function utf8(text: string): Uint8Array {
  const wellFormed = text.replace(/[\ud800-\udfff]/gu, '\ufffd') // lone surrogates, as TextEncoder writes them
  const characters = encodeURIComponent(wellFormed).replace(/%(..)/g, (_, byte) =>
    String.fromCharCode(Number.parseInt(byte, 16)),
  )
  return Uint8Array.from(characters, (character) => character.charCodeAt(0))
}

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')

function hexOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += hex(byte, 2)
  return text
}
