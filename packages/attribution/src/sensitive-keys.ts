/** Lists the query keys that are never stored; it ships in the browser SDK. */

/**
 * In the form in which keys are compared: in lower case, only letters and digits. Keys that match `sensitiveEnd` are never
 * stored either: `resetToken`, `user[email]`, `x-amz-credential`.
 */
export const sensitiveKeys: readonly string[] = [
  'jwt code key apikey auth authorization pwd pass pin otp sig sid ticket nonce csrf xsrf',
  'samlresponse cardnumber cvv cvc iban ssn',
  'mail username login phone tel firstname lastname fullname birthday birthdate dob',
  'hwlink', // passes our own visitor to another domain
].flatMap((line) => line.split(' '))

const sensitiveEnd = /(token|passw(or)?d|secret|signature|email|credentials?|sess(ion)?id)$/

const sensitive: ReadonlySet<string> = new Set(sensitiveKeys)

/** Is this the key of a secret or of personal data, as it is in an address? In an escaped pair, the key counts. */
export function isSensitiveKey(key: string): boolean {
  const name = plainKey(decodeAscii(key).replace(/=.*/s, ''))
  return sensitive.has(name) || sensitiveEnd.test(name)
}

/** A key as keys are compared. */
export function plainKey(key: string): string {
  return key.toLowerCase().replace(/[^a-z\d]/g, '')
}

/** Unescapes only ASCII, which cannot be malformed; addresses within addresses are escaped again, hence three rounds. */
export function decodeAscii(text: string, rounds = 3): string {
  if (rounds === 0 || !text.includes('%')) return text
  return decodeAscii(
    text.replace(/%[0-7][\da-f]/gi, (escaped) => decodeURIComponent(escaped)),
    rounds - 1,
  )
}
