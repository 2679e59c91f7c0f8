/** Finds tokens and says what keeps one from being used, from a short cache: a revocation works within its 5 seconds. */
import { timingSafeEqual } from 'node:crypto'
import selectToken from '../../sql/select_token.sql?raw'
import type { Db } from '../db/db.ts'
import { Problem, unavailable } from '../problems.ts'
import type { Secrets } from '../secrets.ts'
import { readToken, type Scope, type Token, type TokenKind } from './token.ts'

const cacheMs = 5_000
/** Unknown tokens are remembered too, so the cache needs a bound. */
const cacheSize = 10_000

export interface TokenFinder {
  /** The token itself, whatever its state; throws a Problem `invalid_token` when there is none like it. */
  find(token: string | undefined): Promise<Token>
}

interface TokenRow {
  id: string
  website_id: string
  kind: TokenKind
  token_hash: string
  scopes: Scope[]
  expires_at: Date | null
  revoked_at: Date | null
  website_status: string
}

export function createTokenFinder(deps: { db: Db; secrets: Secrets; now: () => number }): TokenFinder {
  const { db, secrets, now } = deps
  const cache = new Map<string, { token: Token | undefined; until: number }>()

  async function loadToken(token: string, hash: string): Promise<Token | undefined> {
    const parts = readToken(token)
    if (!parts) return undefined
    const rows = await db.query<TokenRow>(selectToken, [parts.websiteKey, parts.prefix])
    const row = rows.find(({ token_hash }) => isEqual(token_hash, hash))
    return row && toToken(row)
  }

  return {
    async find(token) {
      if (!token) {
        throw new Problem(
          'invalid_token',
          'No token came with the request. Send `Authorization: Bearer <token>`, or `?token=` with a public token.',
        )
      }
      const hash = secrets.hashToken(token) // the cache holds no token in clear
      const cached = cache.get(hash)
      const isFresh = cached !== undefined && cached.until > now()
      const found = isFresh ? cached.token : await loadToken(token, hash).catch(couldNotLoad)
      if (!isFresh) {
        if (cache.size >= cacheSize) cache.clear()
        cache.set(hash, { token: found, until: now() + cacheMs })
      }
      if (!found)
        throw new Problem(
          'invalid_token',
          'No website has this token. Copy it again, or make one with `headwater token create`.',
        )
      return found
    },
  }
}

/** Throws the Problem that keeps this token from being used now for `scope`, from a page of `origin`. */
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
      `This token lacks the scope ${use.scope}; it has ${token.scopes.join(', ')}.`,
    )
  }
  if (token.websiteStatus !== 'active') {
    throw new Problem('website_inactive', `The website of this token is ${token.websiteStatus}.`)
  }
}

function couldNotLoad(error: unknown): never {
  throw unavailable('The database could not be asked for the token.', error)
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    websiteId: row.website_id,
    kind: row.kind,
    scopes: row.scopes,
    expiresAt: row.expires_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
    websiteStatus: row.website_status,
  }
}
