/** States which ids name a person, and what leaves the device of an e-mail address. */
import { createFakeIds } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { emailIdentity, readUserId } from './identity.ts'

describe('user ids', () => {
  test.each([
    ['user_42', 'user_42'],
    [' user_42 ', 'user_42'],
    ['Ünïcode', 'Ünïcode'],
    [42, '42'],
  ])('%j is sent as %j', (given, expected) => {
    expect(readUserId(given)).toBe(expected)
  })

  test.each([
    undefined,
    null,
    '',
    '  ',
    'null',
    'undefined',
    'NaN',
    Number.NaN,
    0,
    {},
    [],
    'anonymous',
    true,
    1n,
  ])('%s names nobody', (given) => {
    expect(readUserId(given)).toBeUndefined()
  })

  test('an id may have 256 characters, and not more', () => {
    expect(readUserId('x'.repeat(256))).toBe('x'.repeat(256))
    expect(readUserId('x'.repeat(257))).toBeUndefined()
  })
})

describe('e-mail addresses', () => {
  test('are trimmed and lower-cased before they are hashed', async () => {
    const identity = await emailIdentity(' Ann@Example.COM ', createFakeIds())
    expect(identity).toEqual({ type: 'email_hash', value: 'sha256(ann@example.com)' })
  })

  test('are left out where the platform cannot hash', async () => {
    expect(
      await emailIdentity('ann@example.com', { ...createFakeIds(), sha256: async () => undefined }),
    ).toBeUndefined()
  })
})
