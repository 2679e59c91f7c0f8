/**
 * Finds tokens with the settings and conversion rules of their website, cached for 5 seconds: revocations and changes take that
 * long.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Db } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { TokenFinder } from '@headwater/server/authenticate'
import type { ConversionRule } from '@headwater/server/conversion-rule'
import { Problem, unavailable } from '@headwater/server/problem'
import type { Scope, Token, TokenKind } from '@headwater/server/token'
import { remember } from '../remember.ts'
import { type RuleRow, readRules } from '../rules/read-rules.ts'
import type { Secrets } from '../secrets.ts'
import { readSettings, type StoredSettings } from './settings.ts'
import selectToken from './sql/select_token.sql?raw'
import { readToken } from './token-text.ts'

export const cacheMs = 5_000
/**
 * How long after a change of settings or rules no collector stores an event by the former ones: tokens are cached with them, a
 * batch waits 3 s at most for its turn, and its transaction is tried three times.
 */
export const settleMs = cacheMs + 10_000
/** Unknown tokens are cached too, so the cache needs a bound. */
const cacheSize = 10_000

interface TokenRow {
  id: string
  website_id: string
  kind: TokenKind
  token_hash: string
  scopes: Scope[]
  expires_at: Date | null
  revoked_at: Date | null
  website_status: string
  settings: StoredSettings | null
  /** Null: no active rules. */
  rules: RuleRow[] | null
}

const tokenSelect = statement(selectToken, 'website_key', 'prefix')

export function createTokenFinder(deps: { db: Db; secrets: Secrets; now: () => number }): TokenFinder {
  const { db, secrets, now } = deps
  const cache = new Map<string, { token: Token | undefined; until: number }>()

  async function loadToken(token: string, hash: string): Promise<Token | undefined> {
    const parts = readToken(token)
    if (!parts) return undefined
    const rows = await run<TokenRow, 'website_key' | 'prefix'>(db, tokenSelect, {
      website_key: parts.websiteKey,
      prefix: parts.prefix,
    })
    const row = rows.find(({ token_hash }) => isEqual(token_hash, hash))
    return row && toToken(row)
  }

  return {
    async find(token) {
      if (!token) {
        throw new Problem(
          'invalid_token',
          'The request has no token. Send `Authorization: Bearer <token>`, or `?token=` with a public token.',
        )
      }
      const hash = secrets.hashToken(token) // the cache holds no plain tokens
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
          'The token is unknown. Copy it again, or create one with `headwater token create`.',
        )
      return found
    },
  }
}

function couldNotLoad(error: unknown): never {
  throw unavailable('The token could not be looked up in the database.', error)
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** Compiling the rules of a website takes up to a few ms, and most loads find them unchanged. */
const readOnce = remember((rows) => readRules(JSON.parse(rows)), 1_000)
const noRules: readonly ConversionRule[] = []

function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    websiteId: row.website_id,
    kind: row.kind,
    scopes: row.scopes,
    expiresAt: row.expires_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
    websiteStatus: row.website_status,
    settings: readSettings(row.settings),
    rules: row.rules ? readOnce(JSON.stringify(row.rules)) : noRules,
  }
}
