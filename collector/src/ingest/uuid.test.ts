import { describe, expect, it } from 'vitest'
import { toUuid } from './uuid.ts'

describe('a client’s id', () => {
  it('that is a UUID stays itself, in lower case', () => {
    expect(toUuid('019338F0-1111-7abc-8def-0123456789AB')).toBe('019338f0-1111-7abc-8def-0123456789ab')
  })

  it('that is not a UUID becomes a UUID v8, always the same and unlike any other', () => {
    const uuid = toUuid('order-1001')
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(toUuid('order-1001')).toBe(uuid)
    expect(toUuid('Order-1001')).not.toBe(uuid)
  })
})
