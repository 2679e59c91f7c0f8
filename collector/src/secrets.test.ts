import { describe, expect, it } from 'vitest'
import { createSecrets } from './secrets.ts'

const one = createSecrets('one pepper')
const another = createSecrets('another pepper')

describe('the pepper', () => {
  it('decides every hash', () => {
    expect(one.hashToken('t')).not.toBe(another.hashToken('t'))
    expect(one.hashIdentity('1', 'cookie', 'c')).not.toBe(another.hashIdentity('1', 'cookie', 'c'))
    expect(one.hashToken('t')).toBe(createSecrets('one pepper').hashToken('t'))
  })

  it('gives one identity different hashes on every website and for every kind', () => {
    const hashes = [
      one.hashIdentity('1', 'cookie', 'x'),
      one.hashIdentity('2', 'cookie', 'x'),
      one.hashIdentity('1', 'user_id', 'x'),
      one.hashIdentity('1', 'user_idx', ''),
    ]
    expect(new Set(hashes).size).toBe(4)
  })

  it('decrypts what it encrypted, and nothing modified or encrypted under another pepper', () => {
    const closed = one.encrypt('grüße')
    expect(one.decrypt(closed)).toBe('grüße')
    expect(one.encrypt('grüße').equals(closed)).toBe(false)
    expect(() => another.decrypt(closed)).toThrow()
    closed[14] = (closed[14] ?? 0) ^ 1
    expect(() => one.decrypt(closed)).toThrow()
  })
})
