import { describe, expect, it } from 'vitest'
import { checkToken, type Scope, type Token } from './token.ts'
import type { WebsiteSettings } from './website-settings.ts'

const now = Date.parse('2026-11-20T12:00:00Z')

const aToken = (changes: Partial<Token> = {}): Token => ({
  id: '1',
  websiteId: '1',
  kind: 'public',
  scopes: ['events:write'],
  expiresAt: null,
  revokedAt: null,
  websiteStatus: 'active',
  settings: {} as WebsiteSettings, // checkToken reads none
  rules: [],
  ...changes,
})

/** The code of the Problem; undefined: the token may be used. */
function refusalOf(token: Token, use: { scope?: Scope; origin?: string } = {}): string | undefined {
  try {
    checkToken(token, { scope: use.scope ?? 'events:write', origin: use.origin, now })
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a token', () => {
  it('may be used for its scopes, from a page too when it is public', () => {
    expect(refusalOf(aToken())).toBeUndefined()
    expect(refusalOf(aToken(), { origin: 'https://shop.example' })).toBeUndefined()
    expect(refusalOf(aToken(), { scope: 'reports:read' })).toBe('scope_missing')
  })

  it('with the scope admin may be used for every scope', () => {
    const admin = aToken({ kind: 'secret', scopes: ['admin'] })
    for (const scope of [
      'events:write',
      'reports:read',
      'customers:read',
      'customers:erase',
      'admin',
    ] as const)
      expect(refusalOf(admin, { scope })).toBeUndefined()
  })

  it('is refused from the millisecond at which it expires', () => {
    expect(refusalOf(aToken({ expiresAt: now + 1 }))).toBeUndefined()
    expect(refusalOf(aToken({ expiresAt: now }))).toBe('token_expired')
  })

  it('is refused once it is revoked, even if it has also expired', () => {
    expect(refusalOf(aToken({ revokedAt: now - 1, expiresAt: now - 1 }))).toBe('token_revoked')
  })

  it('that is secret is refused from a page, whatever its scopes', () => {
    const secret = aToken({ kind: 'secret', scopes: ['admin'] })
    expect(refusalOf(secret)).toBeUndefined()
    expect(refusalOf(secret, { origin: 'https://shop.example' })).toBe('secret_token_exposed')
    expect(refusalOf(secret, { origin: '' })).toBe('secret_token_exposed')
  })

  it('of a website that is not active is refused', () => {
    expect(refusalOf(aToken({ websiteStatus: 'paused' }))).toBe('website_inactive')
  })
})
