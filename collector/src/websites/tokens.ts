/** Creates, lists and revokes the tokens of a website. */
import { constraintOf, type Db } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { scopes } from '@headwater/server/token'
import { z } from 'zod'
import { OperationError, readInput } from '../operation-error.ts'
import type { Secrets } from '../secrets.ts'
import insertToken from './sql/insert_token.sql?raw'
import revokeTokenSql from './sql/revoke_token.sql?raw'
import selectTokens from './sql/select_tokens.sql?raw'
import { makeToken, readToken } from './token-text.ts'
import { listWebsites, unknownWebsite, websiteId } from './websites.ts'

export interface TokenInfo {
  id: string
  website_id: string
  name: string
  kind: string
  token_prefix: string
  scopes: string[]
  expires_at: Date | null
  revoked_at: Date | null
}

const tokenInput = z.object({
  website: websiteId,
  name: z.string().min(1, 'must not be empty'),
  kind: z.enum(['public', 'secret'], 'must be public (browsers, apps) or secret (servers)'),
  scopes: z.array(z.enum(scopes as [string, ...string[]], `must be one of ${scopes.join(', ')}`)).optional(),
  expires: z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-31T00:00:00Z' }).optional(),
})

const revocationInput = z.object({
  website: websiteId,
  token: z.string().min(1, 'must be the id, the name or the first 12 characters of the token’s secret part'),
})

/** Creates a token. The result is the only place that contains the token itself. */
export async function createToken(
  db: Db,
  secrets: Secrets,
  input: unknown,
): Promise<TokenInfo & { token: string }> {
  const { website: id, name, kind, scopes = ['events:write'], expires = null } = readInput(tokenInput, input)
  if (kind === 'public' && scopes.some((scope) => scope !== 'events:write')) {
    throw new OperationError(
      'Every visitor can read a public token, so it may only have the scope events:write.',
    )
  }
  const website = (await listWebsites(db)).find((known) => known.id === id)
  if (!website) throw unknownWebsite(id)
  const token = makeToken(kind, website.key)
  const { prefix = '' } = readToken(token) ?? {}
  const params = {
    website_id: id,
    name,
    kind,
    token_prefix: prefix,
    token_hash: secrets.hashToken(token),
    scopes: JSON.stringify(scopes),
    expires_at: expires,
  }
  const [row] = await run<TokenInfo, keyof typeof params>(db, tokenInsert, params).catch((error: unknown) => {
    if (constraintOf(error) !== 'token_name_is_unique_per_website') throw error
    throw new OperationError(`Website ${id} already has a token named ${name}. Choose another name.`)
  })
  return { ...(row as TokenInfo), token } // an insert returns its row
}

export async function listTokens(db: Db, input: unknown): Promise<TokenInfo[]> {
  const { website } = readInput(tokenInput.pick({ website: true }), input)
  return run<TokenInfo, 'website_id'>(db, tokensSelect, { website_id: website })
}

export async function revokeToken(db: Db, input: unknown): Promise<TokenInfo> {
  const { website, token } = readInput(revocationInput, input)
  const params = { website_id: website, token }
  const [row] = await run<TokenInfo, keyof typeof params>(db, tokenRevoke, params)
  if (!row) {
    throw new OperationError(
      `Website ${website} has no active token ${token}. See \`headwater token list --website ${website}\`.`,
    )
  }
  return row
}

const tokenInsert = statement(
  insertToken,
  'website_id',
  'name',
  'kind',
  'token_prefix',
  'token_hash',
  'scopes',
  'expires_at',
)
const tokensSelect = statement(selectTokens, 'website_id')
const tokenRevoke = statement(revokeTokenSql, 'website_id', 'token')
