/** `headwater token create|list|revoke`. */
import { scopes } from '@headwater/server/token'
import { defineCommand } from 'citty'
import { act, json, print, website } from './command.ts'
import { runOperation } from './run-operation.ts'

export const tokenCommand = defineCommand({
  meta: { name: 'token', description: 'The tokens that authenticate events' },
  subCommands: {
    create: defineCommand({
      meta: { name: 'create', description: 'Create a token; it is shown only once' },
      args: {
        website,
        name: { type: 'string', required: true, description: 'Display name' },
        kind: {
          type: 'string',
          default: 'public',
          description: 'public (browsers, apps) or secret (servers)',
        },
        scope: {
          type: 'string',
          description: `Comma-separated scopes: ${scopes.join(', ')}; default events:write`,
        },
        expires: {
          type: 'string',
          description: 'When it expires, for example 2027-01-31T00:00:00Z; default never',
        },
        json,
      },
      run: ({ args }) =>
        act(
          async () => {
            const { website: id, name, kind, expires } = args
            const scopes = args.scope?.split(',').map((scope) => scope.trim())
            const created = await runOperation('token.create', { website: id, name, kind, scopes, expires })
            print(
              args.json,
              created,
              `${created.token}\n\nSave it now: only its hash is stored, so it cannot be shown again.`,
            )
          },
          { scopes: '--scope' },
        ),
    }),
    list: defineCommand({
      meta: { name: 'list', description: 'Show the tokens of a website' },
      args: { website, json },
      run: ({ args }) =>
        act(async () => {
          const tokens = await runOperation('token.list', { website: args.website })
          const state = (revoked: unknown) => (revoked ? 'revoked' : 'active')
          const lines = tokens.map(({ id, name, kind, token_prefix, scopes, revoked_at }) =>
            [id, name, kind, `${token_prefix}…`, scopes.join(','), state(revoked_at)].join('  '),
          )
          print(
            args.json,
            tokens,
            lines.join('\n') ||
              `This website has no tokens yet. Create one: headwater token create --website ${args.website} --name browser`,
          )
        }),
    }),
    revoke: defineCommand({
      meta: { name: 'revoke', description: 'Revoke a token; takes effect everywhere within 10 seconds' },
      args: { website, token: { type: 'positional', description: 'Its id, name or prefix' }, json },
      run: ({ args }) =>
        act(
          async () => {
            const revoked = await runOperation('token.revoke', { website: args.website, token: args.token })
            print(args.json, revoked, `Token ${revoked.id} “${revoked.name}” is revoked.`)
          },
          { token: 'The token' },
        ),
    }),
  },
})
