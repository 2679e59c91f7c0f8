/** What is known about a token, and what prevents its use. */
import type { ConversionRule } from './conversion-rule.ts'
import { Problem } from './problem.ts'
import type { WebsiteSettings } from './website-settings.ts'

export type TokenKind = 'public' | 'secret'
export type Scope = 'events:write' | 'reports:read' | 'customers:read' | 'customers:erase' | 'admin'

export const scopes: readonly Scope[] = [
  'events:write',
  'reports:read',
  'customers:read',
  'customers:erase',
  'admin',
]

/** A known token, without its value. Times are epoch ms; null: never. */
export interface Token {
  id: string
  websiteId: string
  kind: TokenKind
  scopes: readonly Scope[]
  expiresAt: number | null
  revokedAt: number | null
  websiteStatus: string
  /** Of its website, as of when the token was loaded. */
  settings: WebsiteSettings
  /** The active conversion rules of its website, in the order in which they decide; as of when the token was loaded. */
  rules: readonly ConversionRule[]
}

/** Throws the Problem that prevents this token from being used now for `scope`, from a page of `origin`. */
export function checkToken(
  token: Token,
  use: { scope: Scope; origin: string | undefined; now: number },
): void {
  if (token.revokedAt !== null)
    throw new Problem('token_revoked', 'This token was revoked. Use another one of the website.')
  if (token.expiresAt !== null && token.expiresAt <= use.now) {
    throw new Problem(
      'token_expired',
      `This token expired at ${new Date(token.expiresAt).toISOString()}. Make a new one with \`headwater token create\`.`,
    )
  }
  if (token.kind === 'secret' && use.origin !== undefined) {
    throw new Problem(
      'secret_token_exposed',
      'A secret token came from a browser, where every visitor can read it. Revoke it, and use a public token there.',
    )
  }
  if (!token.scopes.includes(use.scope) && !token.scopes.includes('admin')) {
    throw new Problem(
      'scope_missing',
      `This token lacks the scope ${use.scope}; it has ${token.scopes.join(', ')}. Make one with \`headwater token create --kind secret --scope ${use.scope}\`.`,
    )
  }
  if (token.websiteStatus !== 'active') {
    throw new Problem('website_inactive', `The website of this token is ${token.websiteStatus}.`)
  }
}
