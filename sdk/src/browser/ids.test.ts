/** States what ids look like, and when there is no hash. */
import { createFakeClock, noon } from '@headwater/testkit/fake-ports'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createIds } from './ids.ts'

afterEach(() => void vi.unstubAllGlobals())

describe('uuid', () => {
  test('is a UUID v7 with the time of the clock', () => {
    const uuid = createIds(createFakeClock()).uuid()
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)).toBe(noon)
  })

  test('later ones sort after earlier ones: within a millisecond, across it, and when more than 4,096 share one', async () => {
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

  test('two pages at the same moment create different ones', () => {
    const clock = createFakeClock()
    expect(createIds(clock).uuid()).not.toBe(createIds(clock).uuid())
  })
})

describe('sha256', () => {
  test('is lower-case hex of the UTF-8 text', async () => {
    const { sha256 } = createIds(createFakeClock())
    expect(await sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(await sha256('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
  })

  test('is undefined in a page without a secure context, where uuid still works', async () => {
    const getRandomValues = crypto.getRandomValues.bind(crypto)
    vi.stubGlobal('crypto', { getRandomValues })
    const { sha256, uuid } = createIds(createFakeClock())
    expect(await sha256('abc')).toBeUndefined()
    expect(uuid()).toHaveLength(36)
  })
})
