/** States which user ids are accepted, and in which form an e-mail address leaves the device. */
import { createFakeIds } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { emailIdentity, readUserId } from './identity.ts'

describe('user ids', () => {
  test.each([
    ['user_42', 'user_42'],
    [' user_42 ', 'user_42'],
    ['Ünïcode', 'Ünïcode'],
    [42, '42'],
    [-7, '-7'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [9_007_199_254_740_993n, '9007199254740993'],
  ])('%o is sent as %j', (given, expected) => {
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
    2 ** 53, // the number before it and the one after it are rounded to it
    1e21,
    0.1,
    Infinity,
    () => 'u1',
    Symbol('u1'),
  ])('%o is refused', (given) => {
    expect(readUserId(given)).toBeUndefined()
  })

  test('an id may have at most 256 characters', () => {
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
