/** The command line: `headwater dev|serve|migrate|website|token|sdk`. */

import { FolderInUseError } from '@headwater/db/folder-lock'
import { migrate, SchemaVersionError, schemaVersion } from '@headwater/db/migrate'
import { openDatabase } from '@headwater/db/open-database'
import { defineCommand, runMain } from 'citty'
import manifest from '../../package.json?raw'
import { ConfigError, readConfig } from '../config.ts'
import { OperationError } from '../operation-error.ts'
import { createSdkFiles } from '../sdk-files.ts'
import { listSdk, sdkText } from './print-sdk.ts'
import { runOperation } from './run-operation.ts'
import { runDev, runServe } from './run-server.ts'
import { readSettingOptions, settingOptions } from './setting-options.ts'

const { version } = JSON.parse(manifest) as { version: string } // our own package.json

const json = { type: 'boolean', description: 'Print the result as JSON' } as const
const website = { type: 'string', required: true, description: 'Id of the website', valueHint: 'id' } as const

const websiteCommand = defineCommand({
  meta: { name: 'website', description: 'The websites that send events' },
  subCommands: {
    create: defineCommand({
      meta: { name: 'create', description: 'Add a website' },
      args: {
        name: { type: 'string', required: true, description: 'Display name' },
        url: { type: 'string', required: true, description: 'Its address, for example https://shop.example' },
        json,
      },
      run: ({ args }) =>
        act(async () => {
          const created = await runOperation('website.create', { name: args.name, url: args.url })
          print(
            args.json,
            created,
            `Website ${created.id} “${created.name}” is ready. Next: npx headwater token create --website ${created.id} --name browser`,
          )
        }),
    }),
    list: defineCommand({
      meta: { name: 'list', description: 'Show all websites' },
      args: { json },
      run: ({ args }) =>
        act(async () => {
          const websites = await runOperation('website.list', {})
          const lines = websites.map(({ id, name, url, status }) => `${id}  ${name}  ${url}  ${status}`)
          print(
            args.json,
            websites,
            lines.join('\n') || 'No websites yet. Add one with `headwater website create`.',
          )
        }),
    }),
    settings: defineCommand({
      meta: {
        name: 'settings',
        description: 'Change the given settings of a website, then show all of them',
      },
      args: { website, ...settingOptions, json },
      run: ({ args }) =>
        act(async () => {
          const input = { website: args.website, ...readSettingOptions(args) }
          const { settings } = await runOperation('website.settings', input)
          const lines = Object.entries(settings).map(([name, value]) => `${name}  ${JSON.stringify(value)}`)
          print(args.json, settings, lines.join('\n'))
        }),
    }),
  },
})

const tokenCommand = defineCommand({
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
        scope: { type: 'string', description: 'Comma-separated scopes; default events:write' },
        expires: {
          type: 'string',
          description: 'When it expires, for example 2027-01-31T00:00:00Z; default never',
        },
        json,
      },
      run: ({ args }) =>
        act(async () => {
          const { website: id, name, kind, expires } = args
          const scopes = args.scope?.split(',').map((scope) => scope.trim())
          const created = await runOperation('token.create', { website: id, name, kind, scopes, expires })
          print(
            args.json,
            created,
            `${created.token}\n\nSave it now: only its hash is stored, so it cannot be shown again.`,
          )
        }),
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
            lines.join('\n') || 'This website has no tokens yet. Create one with `headwater token create`.',
          )
        }),
    }),
    revoke: defineCommand({
      meta: { name: 'revoke', description: 'Revoke a token; takes effect everywhere within 10 seconds' },
      args: { website, token: { type: 'positional', description: 'Its id, name or prefix' }, json },
      run: ({ args }) =>
        act(async () => {
          const revoked = await runOperation('token.revoke', { website: args.website, token: args.token })
          print(args.json, revoked, `Token ${revoked.id} “${revoked.name}” is revoked.`)
        }),
    }),
  },
})

const migrateCommand = defineCommand({
  meta: {
    name: 'migrate',
    description: 'Create the tables in an empty database, or upgrade them from an earlier version',
  },
  args: { json },
  run: ({ args }) =>
    act(async () => {
      const opened = await openDatabase(readConfig(process.env))
      try {
        const result = await migrate(opened.db)
        const texts = {
          created: 'Created the tables',
          upgraded: 'Upgraded the tables',
          unchanged: 'Nothing to do',
        }
        print(
          args.json,
          { result, schema_version: schemaVersion },
          `${texts[result]}: schema version ${schemaVersion}.`,
        )
      } finally {
        await opened.close()
      }
    }),
})

const sdkCommand = defineCommand({
  meta: { name: 'sdk', description: 'List the SDK files, with a script tag that checks integrity' },
  args: { json },
  run: ({ args }) =>
    act(async () => {
      const listings = await listSdk(createSdkFiles())
      print(args.json, listings, sdkText(listings))
    }),
})

const headwater = defineCommand({
  meta: {
    name: 'headwater',
    version,
    description:
      'First-party attribution: shows where your customers came from. Configured by environment variables: DATABASE_URL, HEADWATER_PEPPER, PORT, HOST, HEADWATER_DATA_DIR, TRUSTED_PROXY_HOPS.',
  },
  subCommands: {
    dev: defineCommand({
      meta: {
        name: 'dev',
        description: 'Start a collector with a demo website, a start page and a demo shop, on 127.0.0.1',
      },
      args: { json },
      run: ({ args }) => act(() => runDev(args.json)),
    }),
    serve: defineCommand({
      meta: { name: 'serve', description: 'Start a collector' },
      args: { json },
      run: ({ args }) => act(() => runServe(args.json)),
    }),
    migrate: migrateCommand,
    website: websiteCommand,
    token: tokenCommand,
    sdk: sdkCommand,
  },
})

function print(asJson: boolean | undefined, result: unknown, text: string): void {
  console.log(asJson ? JSON.stringify(result, null, 2) : text)
}

/** Prints only the message of an error that the user can fix, and the stack of any other. */
async function act(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const isExpected = [ConfigError, FolderInUseError, SchemaVersionError, OperationError].some(
      (kind) => error instanceof kind,
    )
    console.error(isExpected ? (error as Error).message : describe(error))
    process.exitCode = 1
  }
}

/** What to do about failures of the system, by the code of Node or the SQLSTATE of PostgreSQL. */
const advice: Record<string, string> = {
  EADDRINUSE: 'The port is in use. Set PORT to another one, or stop the process that listens on it.',
  ECONNREFUSED:
    'Cannot connect to PostgreSQL at DATABASE_URL. Check that it is running, and the host and port.',
  ENOTFOUND: 'The host in DATABASE_URL cannot be resolved. Check its spelling.',
  '3D000': 'The database in DATABASE_URL does not exist. Create it, for example with `createdb`.',
  '28P01': 'PostgreSQL rejected the user or the password in DATABASE_URL.',
  '28000': 'PostgreSQL rejected the user in DATABASE_URL.',
}

function describe(error: unknown): string {
  const code = (error as { code?: string } | null)?.code ?? '' // Node's and PostgreSQL's errors carry one
  return advice[code] ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
}

await runMain(headwater)
