/** States which options work, and what the error says about those that do not. */
import { defaultSessionRules } from '@headwater/attribution/session'
import { describe, expect, test } from 'vitest'
import { ConfigError } from './messages.ts'
import { type ClientOptions, hostOf, readOptions, websiteKeyOf } from './options.ts'
import { readable } from './readable.ts'

const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'
const endpoint = 'https://t.example.com'
const read = (options: Record<string, unknown>) =>
  readOptions({ token, endpoint, ...options } as unknown as ClientOptions)

test('token and endpoint are enough', () => {
  expect(read({})).toEqual({
    token,
    endpoint,
    autoPage: true,
    flushIntervalMs: 5_000,
    batchSize: 100,
    consent: 'granted',
    persistence: 'cookie',
    ignoredReferrers: [],
    sensitiveKeys: [],
    ...defaultSessionRules,
  })
})

test('without the option, consent is the given default', () => {
  const asked = { token, endpoint, consent: 'granted' } as const
  expect(readOptions({ token, endpoint }, 'denied').consent).toBe('denied')
  expect(readOptions(asked, 'denied').consent).toBe('granted')
})

test('the rules for sessions are options too', () => {
  expect(read({ newCampaignStartsSession: false })).toMatchObject({
    ...defaultSessionRules,
    newCampaignStartsSession: false,
  })
})

test.each([
  ['https://t.example.com/', 'https://t.example.com'],
  ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
  ['https://example.com/stats//', 'https://example.com/stats'],
])('endpoint %s is read as %s', (given, expected) => {
  expect(read({ endpoint: given }).endpoint).toBe(expected)
})

describe('a ConfigError names the option, the rule, what was found and what to do', () => {
  test.each([
    ['token', undefined],
    ['token', ''],
    ['token', 'hw_pub_abc_0123456789'],
    ['token', `${token} `],
    ['endpoint', undefined],
    ['endpoint', 'collect'],
    ['endpoint', '//t.example.com'],
    ['endpoint', 'ftp://t.example.com'],
    ['endpoint', 'https://'],
    ['endpoint', 'https://t.example.com/?a=1'],
    ['flushIntervalMs', 0],
    ['flushIntervalMs', '5000'],
    ['flushIntervalMs', Number.NaN],
    ['flushIntervalMs', 3_600_001],
    ['batchSize', 0],
    ['batchSize', 501],
    ['batchSize', 1.5],
    ['consent', 'yes'],
    ['consent', true],
    ['consent', null],
    ['persistence', 'session'],
    ['persistence', false],
    ['ignoredReferrers', 'pay.example.com'], // as in an attribute of the tag without JSON
    ['sensitiveKeys', 'ref'],
  ])('%s: %j', (option, value) => {
    const call = () => read({ [option]: value })
    expect(call).toThrow(ConfigError)
    expect(call).toThrow(`createClient: \`${option}\` must be `)
    expect(call).toThrow(`, got ${readable(value)}. `)
  })

  test('and hides the secret part of a token', () => {
    const call = () => read({ token: 'hw_sec_abcd1234_0123456789abcdefghjkmnpqrs' })
    expect(call).toThrow("createClient: `token` must be a public token, hw_pub_…, got 'hw_sec_abcd1234_…'. ")
  })
})

test('the website key is the 8 characters between hw_pub_ and the next underscore', () => {
  expect(websiteKeyOf(token)).toBe('abcd1234')
  expect(websiteKeyOf('hw_pub_abcd12345_0123')).toBeUndefined()
})

test('the host includes its port, but not the path', () => {
  expect(hostOf('http://127.0.0.1:8787/stats')).toBe('127.0.0.1:8787')
})
