/** What is kept of an event that is not stored. */
import { limits } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import { identityRef } from '../../identity/resolve.ts'
import { testToken } from '../../websites/testing.ts'
import type { Fault } from '../event.ts'
import { testEvent, testRequest } from '../testing.ts'
import { toUuid } from '../uuid.ts'
import { copyName, positionOf, rejectUnread, rejectUnstorable } from './rejection.ts'

const request = testRequest({ token: testToken({ websiteId: '7' }) })
const fault: Fault = { code: 'invalid_field', path: 'type', message: 'type is not valid.' }
const hash = (type: string, value: string) => `${type}=${value}`
const rejectRaw = (raw: unknown) => rejectUnread({ request, index: 3, raw }, fault, hash)

describe('an event that cannot be read keeps', () => {
  it('its request, its place, its fault and itself as JSON', () => {
    const raw = { idempotency_key: 'k', stream: 'page', seq: 2, anonymous_id: 'a', odd: [1] }
    expect(rejectRaw(raw)).toEqual({
      request,
      index: 3,
      key: toUuid('k'),
      copyName: `7 ${toUuid('k')}`,
      idempotencyKey: 'k',
      fault,
      payload: JSON.stringify(raw),
      position: { stream: toUuid('page'), seq: 2 },
      identityHashes: ['cookie=a'],
    })
  })

  it.each([
    [42],
    [null],
    ['text'],
    [true],
    [[]],
    [{}],
    [{ idempotency_key: 7 }],
    [{ idempotency_key: '' }],
    [{ idempotency_key: 'k'.repeat(limits.idempotencyKey + 1) }],
  ])('no key when there is none to read, as in %j', (raw) => {
    const kept = rejectRaw(raw)
    expect([kept.key, kept.copyName, kept.idempotencyKey]).toEqual([undefined, undefined, undefined])
    expect([kept.identityHashes, kept.position]).toEqual([[], undefined])
    expect(kept.payload).toBe(JSON.stringify(raw))
  })

  it.each<[string, object, string[]]>([
    ['cookie and user id', { anonymous_id: 'a', user_id: 'u' }, ['cookie=a', 'user_id=u']],
    [
      'others, of any kind',
      {
        identities: [
          { type: 'email_hash', value: 'e' },
          { type: 'x', value: 'y' },
        ],
      },
      ['email_hash=e', 'x=y'],
    ],
    [
      'those that can be read, beside those that cannot',
      {
        user_id: 7,
        identities: [
          null,
          3,
          { type: 'x' },
          { value: 'y' },
          { type: '', value: 'y' },
          { type: 'x', value: '' },
          { type: 'x', value: 'y' },
        ],
      },
      ['x=y'],
    ],
    ['none of what is no list', { identities: { type: 'x', value: 'y' } }, []],
    [
      'at most as many others as an event may have',
      { identities: Array.from({ length: limits.identities + 1 }, (_, i) => ({ type: 'x', value: `${i}` })) },
      Array.from({ length: limits.identities }, (_, i) => `x=${i}`),
    ],
  ])('the hashes of its identities: %s', (_, raw, expected) => {
    expect(rejectRaw(raw).identityHashes).toEqual(expected)
  })

  it('65,536 characters of itself', () => {
    const exact = 'x'.repeat(65_536 - 2)
    expect(rejectRaw(exact).payload).toBe(`"${exact}"`)
    expect(rejectRaw(`${exact}y`).payload).toBe(`"${exact}y`)
  })

  it('a note where it is nested too deeply to be written', () => {
    let deep: unknown[] = []
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(rejectRaw(deep).payload).toBe('"nested too deeply to be kept"')
  })
})

it('an event that only the database refuses keeps all that was read of it', () => {
  const [cookie, user, other] = ['cookie', 'user_id', 'x'].map((type) => identityRef('7', type, `h-${type}`))
  const position = { stream: toUuid('page'), seq: 2 }
  const event = testEvent('k', { request, index: 4, cookie, user, others: other ? [other] : [], position })
  expect(rejectUnstorable(event)).toEqual({
    request,
    index: 4,
    key: event.key,
    copyName: event.copyName,
    idempotencyKey: 'k',
    fault: { code: 'unstorable', message: expect.stringContaining('please report it') },
    payload: JSON.stringify(event.wire),
    position,
    identityHashes: ['h-cookie', 'h-user_id', 'h-x'],
  })
  expect(rejectUnstorable(testEvent('k', { cookie: undefined })).identityHashes).toEqual([])
})

it('copies are named by website and key', () => {
  expect(copyName(testToken({ websiteId: '7' }), 'k')).toBe('7 k')
})

describe('the place of an event in its stream', () => {
  it.each<[unknown, unknown, number | undefined]>([
    ['page', 1, 1],
    ['page', limits.seq, limits.seq],
    ['page', limits.seq + 1, undefined],
    ['page', 0, undefined],
    ['page', -1, undefined],
    ['page', 1.5, undefined],
    ['page', '1', undefined],
    ['page', undefined, undefined],
    ['', 1, undefined],
    [7, 1, undefined],
    [undefined, 1, undefined],
  ])('of stream %j and number %j is %j', (stream, seq, expected) => {
    expect(positionOf(stream, seq)).toEqual(expected && { stream: toUuid('page'), seq: expected })
  })
})
