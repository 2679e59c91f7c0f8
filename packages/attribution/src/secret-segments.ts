/** Replaces what must not be stored in the path of an address: e-mail addresses and secrets; only the collector needs it. */
import { limits } from '@headwater/contract'
import { holdsEmail, unescapeAll } from './campaign.ts'
import { isRandom, mayBeRandom } from './random-text.ts'
import { decodeAscii, isSensitiveKey } from './sensitive-keys.ts'

/** After one of these words a code is taken for a secret also where it is short: `/invite/aB3dE9xZ`. */
const announcement =
  /(^|[^a-z])(invit(es?|ations?)|join|verif(y|ication)|confirm(ation)?|activat(e|ion)|reset|password|passwort|recover(y)?|unlock|unsub(scribe)?|magic(link)?|tokens?|otp|auth|login|signin|sso|optin|optout)(?![a-z])/

/** A shorter code looks like an abbreviation: `/login/en_US`. */
const minCodeLength = 6

/**
 * The path without e-mail addresses and secrets. A segment that holds an e-mail address becomes `(email)`. One that holds a
 * JWT, random text, or a code after a word that announces a secret becomes `(secret)`. Parameters that hold one of these,
 * such as `;jsessionid=…`, are left out. Everything else is unchanged.
 */
export function withoutSecretSegments(path: string): string {
  if (!/[\dA-Z@%;=]/.test(path)) return path // none of the characters that they consist of
  if (!/[@%;=]/.test(path) && !announcesSecret(path) && !mayBeRandom(path)) return path // nearly every path
  let isAnnounced = false
  let length = 0
  return path.replace(/[^/\\]+/g, (segment) => {
    if (length > limits.url) return '' // not stored, so not worth a look
    const safe = safeSegment(segment, isAnnounced)
    isAnnounced ||= announcesSecret(segment)
    length += safe.length + 1
    return safe
  })
}

function safeSegment(segment: string, isAnnounced: boolean): string {
  const [name = '', ...parameters] = segment.split(';')
  const kept = parameters.filter((parameter) => !placeholderOf(decode(parameter), false))
  return [placeholderOf(decode(name), isAnnounced) ?? name, ...kept].join(';')
}

function placeholderOf(text: string, isAnnounced: boolean): string | undefined {
  if (holdsEmail(text)) return '(email)'
  const isSecret = isSignedObject(text) || isRandom(text) || holdsSensitivePair(text)
  return isSecret || (isAnnounced && isCode(text)) ? '(secret)' : undefined
}

/** Unescapes letters of every script, where nothing is malformed; what is malformed may still hide an ASCII sign. */
function decode(text: string): string {
  return decodeAscii(unescapeAll(text))
}

/** Is it a JWT, or another JSON object in base64, which begins with `{"`? */
export function isSignedObject(text: string): boolean {
  return text.includes('eyJ') && /(^|[^A-Za-z\d])eyJ[\w-]{16}/.test(text)
}

/** Is it neither word, number nor a combination of both, as in `step-2`, `summer2026` and `2026-11-20`? */
export function isCode(text: string): boolean {
  if (text.length < minCodeLength || /^\d+$/.test(text)) return false
  const parts = text.match(/[\p{L}\d]+/gu) ?? []
  return parts.some((part) => !/^(\p{L}[^\p{Lu}\d]*\d{0,4}|\d+)$/u.test(part))
}

/** Does this key or segment say that a secret follows? Signs and capitals separate its words. */
export function announcesSecret(name: string): boolean {
  const words = /[A-Z]/.test(name) ? name.replace(/([a-z])(?=[A-Z])/g, '$1-').toLowerCase() : name
  return announcement.test(words)
}

/** Does it hold a pair with a sensitive key, as an address within an address does: `/reset?token=…`? */
export function holdsSensitivePair(text: string): boolean {
  return (
    text.includes('=') &&
    text
      .split(/[?&;#]/)
      .some((pair) => pair.includes('=') && isSensitiveKey(pair.slice(0, pair.indexOf('='))))
  )
}
