/** States what ids look like in an app, with and without a source of random bytes. */
import { createHash } from 'node:crypto'
import { createFakeClock, noon } from '@headwater/testkit/fake-ports'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createIds } from './ids.ts'

afterEach(() => void vi.unstubAllGlobals())

describe.each([
  ['without crypto', undefined],
  ['with a crypto that has no random bytes', {}],
  ['with random bytes', crypto],
])('%s', (_, given) => {
  test('a uuid is a UUID v7 with the time of the clock', () => {
    vi.stubGlobal('crypto', given)
    const uuid = createIds(createFakeClock()).uuid()
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)).toBe(noon)
  })

  test('later ones sort after earlier ones, also when more than 4,096 share a millisecond', async () => {
    vi.stubGlobal('crypto', given)
    const clock = createFakeClock()
    const ids = createIds(clock)
    const uuids = Array.from({ length: 5_000 }, () => ids.uuid())
    await clock.advance(1)
    uuids.push(ids.uuid(), ids.uuid())
    await clock.advance(1_000)
    uuids.push(ids.uuid())
    expect(uuids).toEqual([...uuids].sort())
    expect(new Set(uuids).size).toBe(uuids.length)
  })

  test('two apps at the same moment create different ones', () => {
    vi.stubGlobal('crypto', given)
    const clock = createFakeClock()
    expect(createIds(clock).uuid()).not.toBe(createIds(clock).uuid())
  })
})

test.each(['', 'abc', 'é', 'a@example.com', '日本語', '👋', 'x'.repeat(1_000), '\ud800'])(
  'sha256 of %j is that of its UTF-8 text, without Web Crypto and TextEncoder',
  async (text) => {
    const expected = createHash('sha256').update(text).digest('hex')
    vi.stubGlobal('crypto', undefined)
    vi.stubGlobal('TextEncoder', undefined)
    expect(await createIds(createFakeClock()).sha256(text)).toBe(expected)
  },
)
