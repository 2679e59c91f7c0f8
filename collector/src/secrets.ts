/** The keys derived from the pepper: one for tokens, one for identities, one for the encryption of rejected events. */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'

export interface Secrets {
  /** Peppered SHA-256 of a token, hex. */
  hashToken(token: string): string
  /** HMAC-SHA256 of an identity, keyed per website, hex: the same cookie on two websites has two hashes. */
  hashIdentity(websiteId: string, type: string, value: string): string
  /** AES-256-GCM: 12 bytes nonce, ciphertext, 16 bytes tag. */
  encrypt(text: string): Buffer
  /** Throws if the bytes were not encrypted under this pepper. */
  decrypt(bytes: Buffer): string
}

/** Derives all keys from `pepper` by HKDF-SHA256. Another pepper makes every token, identity and rejected event unreadable. */
export function createSecrets(pepper: string): Secrets {
  const subkey = (purpose: string) => Buffer.from(hkdfSync('sha256', pepper, 'headwater', purpose, 32))
  const tokenKey = subkey('tokens')
  const identityKey = subkey('identities')
  const encryptionKey = subkey('rejected events')
  const websiteKeys = new Map<string, Buffer>()

  const websiteKey = (websiteId: string) => {
    const known = websiteKeys.get(websiteId)
    if (known) return known
    const key = createHmac('sha256', identityKey).update(websiteId).digest()
    websiteKeys.set(websiteId, key)
    return key
  }
  return {
    hashToken: (token) => createHash('sha256').update(tokenKey).update(token).digest('hex'),
    hashIdentity: (websiteId, type, value) =>
      createHmac('sha256', websiteKey(websiteId)).update(`${type}\0${value}`).digest('hex'),
    encrypt(text) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce)
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    decrypt(bytes) {
      const decipher = createDecipheriv('aes-256-gcm', encryptionKey, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(-16))
      return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}

/** The configured pepper; for an embedded database without one, the pepper in its folder, generated on first use. */
export function openPepper({ pepper, dataDir }: Config): string {
  if (pepper) return pepper
  const file = join(dataDir, 'pepper')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  const made = randomBytes(32).toString('hex')
  writeFileSync(file, `${made}\n`, { mode: 0o600 })
  return made
}
