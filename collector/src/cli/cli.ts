/** The command line: `headwater dev|serve|migrate|website|token|channels|explain|customer|rule|job|sdk`. */

import { migrate, schemaVersion } from '@headwater/db/migrate'
import { openDatabase } from '@headwater/db/open-database'
import { defineCommand, runMain } from 'citty'
import manifest from '../../package.json?raw'
import { readConfig } from '../config.ts'
import { createSdkFiles } from '../sdk-files.ts'
import { channelsCommand } from './channels-command.ts'
import { type CommandLike, checkArguments } from './check-arguments.ts'
import { act, json, print } from './command.ts'
import { customerCommand } from './customer-command.ts'
import { explainCommand } from './explain-command.ts'
import { jobCommand } from './job-command.ts'
import { listSdk, sdkText } from './print-sdk.ts'
import { ruleCommand } from './rule-command.ts'
import { runDev, runServe } from './run-server.ts'
import { tokenCommand } from './token-command.ts'
import { websiteCommand } from './website-command.ts'

const { version } = JSON.parse(manifest) as { version: string } // our own package.json

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
    channels: channelsCommand,
    explain: explainCommand,
    customer: customerCommand,
    rule: ruleCommand,
    job: jobCommand,
    sdk: sdkCommand,
  },
})

// Without a command, as in `npx @headwater/collector`, it starts a collector to try.
const rawArgs = process.argv.length > 2 ? process.argv.slice(2) : ['dev']

await act(async () => {
  // The types of citty allow commands that load later; ours are all here.
  checkArguments(headwater as CommandLike, rawArgs)
  await runMain(headwater, { rawArgs })
})
