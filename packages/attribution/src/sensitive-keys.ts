/** Lists the query keys that are never stored; it ships in the browser SDK. */

/**
 * Case, `-`, `_` and brackets do not matter. Keys that end as `sensitiveEnd` says are never stored either: `resetToken`,
 * `user[email]`, `x-amz-credential`.
 */
export const sensitiveKeys: readonly string[] = [
  'jwt code key api_key auth authorization pwd pass pin otp sig sid ticket nonce csrf xsrf',
  'SAMLResponse card_number cvv cvc iban ssn',
  'mail username login phone tel first_name last_name full_name birthday birthdate dob',
  'hw_link', // carries our own visitor to another domain
].flatMap((line) => line.split(' '))

const sensitiveEnd = /(token|passw(or)?d|secret|signature|email|credentials?|sess(ion)?id)$/

const plainSensitiveKeys: ReadonlySet<string> = new Set(sensitiveKeys.map(plainKey))

/** Is this the key of a secret or of personal data, as it stands in an address? Of a pair that was escaped, the key counts. */
export function isSensitiveKey(key: string): boolean {
  const name = plainKey(key.includes('%') ? decodeAscii(key).replace(/=.*/s, '') : key)
  return plainSensitiveKeys.has(name) || sensitiveEnd.test(name)
}

/** A key as keys are compared. */
export function plainKey(key: string): string {
  return key.toLowerCase().replace(/[^a-z\d]/g, '')
}

/** Unescapes ASCII alone, which cannot be malformed; addresses within addresses are escaped again, hence three rounds. */
export function decodeAscii(text: string): string {
  let decoded = text
  for (let round = 0; round < 3 && decoded.includes('%'); round++) {
    decoded = decoded.replace(/%([0-7][\da-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
  return decoded
}
