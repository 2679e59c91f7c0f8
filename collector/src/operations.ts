/** What the CLI does to a database: plain functions, run here or, over HTTP, by the collector that has the folder. */
import { z } from 'zod'
import insertToken from '../sql/insert_token.sql?raw'
import insertWebsite from '../sql/insert_website.sql?raw'
import revokeToken from '../sql/revoke_token.sql?raw'
import selectTokens from '../sql/select_tokens.sql?raw'
import selectWebsites from '../sql/select_websites.sql?raw'
import { constraintOf, type Db } from './db/db.ts'
import type { Secrets } from './secrets.ts'
import { makeToken, makeWebsiteKey, readToken, scopes } from './tokens/token.ts'

/** The command cannot be carried out as it was given. */
export class OperationError extends Error {
  override name = 'OperationError'
}

export interface OperationDeps {
  db: Db
  secrets: Secrets
}

export interface Website {
  id: string
  key: string
  name: string
  url: string
  status: string
}

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

const websiteInput = z.object({
  name: z.string().min(1, 'must not be empty'),
  url: z.url({ protocol: /^https?$/, error: 'must be an http(s) address, for example https://shop.example' }),
})

const tokenInput = z.object({
  website: z.string().regex(/^\d+$/, 'must be the id of a website: see `headwater website list`'),
  name: z.string().min(1, 'must not be empty'),
  kind: z.enum(['public', 'secret'], 'must be public (browsers, apps) or secret (servers)'),
  scopes: z.array(z.enum(scopes as [string, ...string[]], `must be one of ${scopes.join(', ')}`)).optional(),
  expires: z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-31T00:00:00Z' }).optional(),
})

const revocationInput = z.object({
  website: z.string().regex(/^\d+$/, 'must be the id of a website: see `headwater website list`'),
  token: z.string().min(1, 'must be the id, the name or the first 12 characters of the token’s secret part'),
})

export const operations = {
  async 'website.create'({ db }: OperationDeps, input: unknown): Promise<Website> {
    const { name, url } = read(websiteInput, input)
    const [website] = await db.query<Website>(insertWebsite, [makeWebsiteKey(), name, url])
    return website as Website // an insert answers with its row
  },

  async 'website.list'({ db }: OperationDeps): Promise<Website[]> {
    return db.query<Website>(selectWebsites)
  },

  /** The token itself is in this answer and nowhere else. */
  async 'token.create'(
    { db, secrets }: OperationDeps,
    input: unknown,
  ): Promise<TokenInfo & { token: string }> {
    const { website: id, name, kind, scopes = ['events:write'], expires } = read(tokenInput, input)
    if (kind === 'public' && scopes.some((scope) => scope !== 'events:write')) {
      throw new OperationError(
        'A public token can be read by every visitor: it may have the scope events:write only.',
      )
    }
    const website = (await db.query<Website>(selectWebsites)).find((known) => known.id === id)
    if (!website) throw new OperationError(`There is no website ${id}. See \`headwater website list\`.`)
    const token = makeToken(kind, website.key)
    const params = [
      id,
      name,
      kind,
      readToken(token)?.prefix ?? '',
      secrets.hashToken(token),
      JSON.stringify(scopes),
      expires ?? null,
    ]
    const [row] = await db.query<TokenInfo>(insertToken, params).catch((error: unknown) => {
      if (constraintOf(error) !== 'token_name_is_unique_per_website') throw error
      throw new OperationError(`Website ${id} has a token named ${name} already. Choose another name.`)
    })
    return { ...(row as TokenInfo), token } // an insert answers with its row
  },

  async 'token.list'({ db }: OperationDeps, input: unknown): Promise<TokenInfo[]> {
    const { website } = read(tokenInput.pick({ website: true }), input)
    return db.query<TokenInfo>(selectTokens, [website])
  },

  async 'token.revoke'({ db }: OperationDeps, input: unknown): Promise<TokenInfo> {
    const { website, token } = read(revocationInput, input)
    const [row] = await db.query<TokenInfo>(revokeToken, [website, token])
    if (!row)
      throw new OperationError(
        `Website ${website} has no token ${token} in force. See \`headwater token list --website ${website}\`.`,
      )
    return row
  },
}

export type OperationName = keyof typeof operations

export type OperationResult<Name extends OperationName> = Awaited<ReturnType<(typeof operations)[Name]>>

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name)

function read<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `--${issue.path[0]?.toString()} ${issue.message}`)
  throw new OperationError(lines.join('\n'))
}
