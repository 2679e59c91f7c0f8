/** The text format of tokens: parsing and generating them. */
import { randomBytes } from 'node:crypto'
import type { TokenKind } from '@headwater/server/token'

// Crockford's base 32, without characters that look alike.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const pattern = /^hw_(pub|sec)_([0-9a-z]{8})_([0-9a-z]{26})$/

/** The parts of a token; undefined if the text is not one. */
export function readToken(
  token: string,
): { kind: TokenKind; websiteKey: string; prefix: string } | undefined {
  const [, kind, websiteKey, secret] = pattern.exec(token) ?? []
  if (!kind || !websiteKey || !secret) return undefined
  return { kind: kind === 'pub' ? 'public' : 'secret', websiteKey, prefix: secret.slice(0, 12) }
}

/** A new token for a website: 26 characters of 5 random bits each. */
export function makeToken(kind: TokenKind, websiteKey: string): string {
  return `hw_${kind === 'public' ? 'pub' : 'sec'}_${websiteKey}_${randomText(26)}`
}

/** The 8 characters that identify a website in its tokens. */
export const makeWebsiteKey = (): string => randomText(8)

function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join('')
}
