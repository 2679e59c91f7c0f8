/** Middleware that lets a request pass with a token that has the scope, and puts the token into its context. */
import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'
import { Problem } from './problem.ts'
import { checkToken, type Scope, type Token } from './token.ts'

export interface TokenFinder {
  /** The token itself, whatever its state; throws a Problem `invalid_token` when it is unknown. */
  find(token: string | undefined): Promise<Token>
}

/**
 * `authenticate('reports:read')` throws a Problem unless the request shows a token with this scope: `invalid_token`,
 * `token_revoked`, `token_expired`, `scope_missing`, `website_inactive`, and `secret_token_exposed` for a secret token
 * that came from a page or in the address. A known token is in the context (`c.get('token')`) even when it is refused.
 */
export function createAuthenticate(tokens: TokenFinder): Authenticate {
  return (scope) => async (c, next) => {
    const token = await tokens.find(shownToken(c))
    c.set('token', token)
    checkToken(token, { scope, origin: c.req.header('origin'), now: c.get('receivedAt') })
    await next()
  }
}

export type Authenticate = (scope: Scope) => MiddlewareHandler<AppEnv>

/** The header wins; the query is for browsers, where a header would cost a preflight. */
function shownToken(c: Context<AppEnv>): string | undefined {
  const [, bearer] = /^Bearer\s+(\S+)\s*$/i.exec(c.req.header('authorization') ?? '') ?? []
  if (bearer) return bearer
  const token = c.req.query('token')
  if (token?.startsWith('hw_sec_')) {
    throw new Problem(
      'secret_token_exposed',
      'A secret token came in the address, where logs keep it. Revoke it, and send its successor as `Authorization: Bearer <token>`.',
    )
  }
  return token
}
