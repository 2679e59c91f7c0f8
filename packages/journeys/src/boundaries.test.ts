/** Architecture rules: which files may import which. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import sdk from '../../../sdk/package.json' with { type: 'json' }
import { deadEnds, type Rule, readSource, readSources, violations, waysTo } from './boundaries.ts'

interface Arrow extends Rule {
  fact: string
  /** A file that would break the rule: its path and its text. */
  broken: [path: string, text: string]
}

const outerRooms = 'packages/(reports|dashboard|connect|platform|rewards|engage)/'
const httpPackages = 'npm:(hono|@hono)(/|$)'

const arrows: Arrow[] = [
  {
    fact: 'the contract imports nothing but itself',
    files: /^packages\/contract\/src\/(?!schema\.ts)/,
    onlyImport: /^packages\/contract\/src\//,
    broken: ['packages/contract/src/wire.ts', `import { z } from 'zod'`],
  },
  {
    fact: 'the contract’s schemas import only the contract and zod',
    files: /^packages\/contract\/src\/schema\.ts/,
    onlyImport: /^(packages\/contract\/src\/|npm:zod$)/,
    broken: ['packages/contract/src/schema.ts', `import { touchOf } from '@headwater/attribution/touch'`],
  },
  {
    fact: 'only the collector and the contract import the schemas',
    files: /^(?!collector\/|packages\/contract\/)/,
    neverImport: /^packages\/contract\/src\/schema\.ts/,
    broken: ['sdk/src/core/queue.ts', `import { batchSchema } from '@headwater/contract/schema'`],
  },
  {
    fact: 'attribution imports only the contract',
    files: /^packages\/attribution\/src\/(?!referrer\.ts)/,
    onlyImport: /^packages\/(contract|attribution)\/src\//,
    broken: ['packages/attribution/src/touch.ts', `import { getDomain } from 'tldts'`],
  },
  {
    fact: 'attribution’s referrers import only the contract, attribution and the public suffix list',
    files: /^packages\/attribution\/src\/referrer\.ts/,
    onlyImport: /^(packages\/(contract|attribution)\/src\/|npm:tldts$)/,
    broken: ['packages/attribution/src/referrer.ts', `import { readFile } from 'node:fs/promises'`],
  },
  {
    fact: 'the SDK’s core imports only the contract and attribution',
    files: /^sdk\/src\/core\//,
    onlyImport: /^(packages\/(contract|attribution)\/src\/|sdk\/src\/core\/)/,
    broken: ['sdk/src/core/client.ts', `import { createBrowserStorage } from '../browser/storage.ts'`],
  },
  {
    fact: 'the SDK’s browser files import core, contract, attribution, the debug extra and two small packages',
    files: /^sdk\/src\/browser\//,
    onlyImport:
      /^(packages\/(contract|attribution)\/src\/|sdk\/src\/(core\/|browser\/|extras\/debug\.ts)|npm:(ky|idb-keyval)(\/|$))/,
    broken: ['sdk/src/browser/page.ts', `import { parse } from 'tldts'`],
  },
  {
    fact: 'the SDK’s optional files import contract, attribution, one small package and three small browser files, but not the client',
    files: /^sdk\/src\/extras\//,
    onlyImport:
      /^(packages\/(contract|attribution)\/src\/|sdk\/src\/(extras\/|core\/(api|notices|options)\.ts|browser\/(cookie|navigation|refusal)\.ts)|npm:web-vitals(\/|$))/,
    broken: ['sdk/src/extras/links.ts', `import { createClient } from '../browser/index.ts'`],
  },
  {
    fact: 'the SDK’s files for servers import core, contract, attribution and two small browser files; of Node only types',
    files: /^sdk\/src\/node\//,
    onlyImport:
      /^(packages\/(contract|attribution)\/src\/|sdk\/src\/(core\/|node\/|browser\/(clock|ids)\.ts)|npm:node:(fs|os)$)/,
    broken: ['sdk/src/node/transport.ts', `import { request } from 'node:https'`],
  },
  {
    fact: 'the SDK’s files for React import React, two browser files and types of the core',
    files: /^sdk\/src\/react\//,
    onlyImport: /^(sdk\/src\/(react\/|core\/(api|options)\.ts|browser\/(prepare|refusal)\.ts)|npm:react$)/,
    broken: ['sdk/src/react/provider.ts', `import { render } from 'react-dom'`],
  },
  {
    fact: 'the SDK’s React Native files import core, contract, attribution, the clock, the list of hosts, and one small package',
    files: /^sdk\/src\/react-native\//,
    onlyImport:
      /^(packages\/(contract|attribution)\/src\/|sdk\/src\/(core\/|react-native\/|browser\/clock\.ts|extras\/hosts\.ts)|npm:(react-native$|@noble\/hashes\/))/,
    broken: ['sdk/src/react-native/storage.ts', `import { createWebLock } from '../browser/web-lock.ts'`],
  },
  {
    fact: 'the SDK imports neither the collector nor server packages',
    files: /^sdk\//,
    neverImport: /^(collector|packages\/(db|server|jobs))\//,
    broken: ['sdk/src/browser/transport.ts', `import { Problem } from '@headwater/server/problem'`],
  },
  {
    fact: 'the collector does not import the SDK',
    files: /^collector\//,
    neverImport: /^sdk\//,
    broken: ['collector/src/dev/demo.ts', `const sdk = await import('@headwater/sdk')`],
  },
  {
    fact: 'nothing shipped imports the testkit',
    files: /^(sdk|collector|packages\/(?!testkit|journeys|bench))/,
    neverImport: /^packages\/(testkit|journeys|bench)\//,
    broken: ['collector/src/app.ts', `export { freePort } from '@headwater/testkit/postgres'`],
  },
  {
    fact: 'ingest, identity, credit and reports do not depend on HTTP',
    files: /^(collector\/src\/(ingest|identity|credit)|packages\/reports)\//,
    neverImport: new RegExp(`^(collector/src/(http/|app\\.ts|main\\.ts)|${httpPackages})`),
    broken: ['collector/src/ingest/ingest.ts', `import type { Context } from 'hono'`],
  },
  {
    fact: 'routes do not import the app that mounts them',
    files: /^collector\/src\/http\//,
    neverImport: /^collector\/src\/(app|main)\.ts/,
    broken: ['collector/src/http/batch.ts', `import { createApp } from '../app.ts'`],
  },
  {
    fact: 'the database port imports only the two drivers and the schema',
    files: /^packages\/db\/src\//,
    onlyImport: /^(packages\/db\/src\/|schema\.sql|npm:(node:|postgres$|@electric-sql\/pglite$))/,
    broken: [
      'packages/db/src/partitions.ts',
      `import { store } from '../../../collector/src/ingest/store/store.ts'`,
    ],
  },
  {
    fact: 'the server package, which every route needs, imports no feature',
    files: /^packages\/server\/src\//,
    onlyImport:
      /^(packages\/(server|db|contract|attribution)\/src\/|npm:(node:|hono|@hono\/node-server$|ipaddr\.js$))/,
    broken: [
      'packages/server/src/authenticate.ts',
      `import { findToken } from '../../../collector/src/websites/find-token.ts'`,
    ],
  },
  {
    fact: 'the jobs package imports only the database port',
    files: /^packages\/jobs\/src\//,
    onlyImport: /^packages\/(jobs|db)\/src\//,
    broken: [
      'packages/jobs/src/worker.ts',
      `import { recompute } from '../../../collector/src/credit/recompute.ts'`,
    ],
  },
  {
    fact: 'identity and credit do not import ingest',
    files: /^collector\/src\/(identity|credit)\//,
    neverImport: /^collector\/src\/ingest\//,
    broken: ['collector/src/credit/paths.ts', `import type { IngestEvent } from '../ingest/event.ts'`],
  },
  {
    fact: 'ingest’s pure steps do no I/O',
    files: /^collector\/src\/ingest\/judge\//,
    neverImport:
      /^(packages\/db\/src\/(?!columns)|collector\/src\/(ingest\/(commit|store)|identity\/(?!resolve)|credit)\/)/,
    broken: ['collector/src/ingest/judge/enrich.ts', `import type { Db } from '@headwater/db/db'`],
  },
  {
    fact: 'outer features are imported only by the app and the CLI',
    files: new RegExp(`^(?!collector/src/(app\\.ts|cli/)|${outerRooms})`),
    neverImport: new RegExp(`^${outerRooms}`),
    broken: ['collector/src/ingest/store.ts', `import { outbox } from '@headwater/connect/outbox'`],
  },
]

const sources = readSources(fileURLToPath(new URL('../../..', import.meta.url)))

describe.each(arrows.map((arrow): [string, Arrow] => [arrow.fact, arrow]))('%s', (_fact, arrow) => {
  test('in every source file', () => {
    expect(violations(arrow, sources)).toEqual([])
  })

  test('and a file that breaks the rule is found', () => {
    expect(violations(arrow, [readSource(...arrow.broken)])).toHaveLength(1)
  })
})

describe('a package for the collector only, or a module of Node,', () => {
  test.each(['npm:zod', 'npm:tldts', 'npm:node:fs', 'npm:node:os'])(
    '%s is not loaded by the SDK, directly or indirectly',
    (name) => {
      expect(waysTo(name, /^sdk\/src\//, sources)).toEqual([])
    },
  )

  test('is found through another file, but not where only its types are used', () => {
    const read = [
      readSource(
        'sdk/src/core/landing.ts',
        `import { domain } from './domain.ts'; export const a = domain('b')`,
      ),
      readSource('sdk/src/core/domain.ts', `export { getDomain as domain } from 'tldts'`),
      readSource(
        'sdk/src/core/options.ts',
        `import type { parse } from 'tldts'; export type Parse = typeof parse`,
      ),
    ]
    expect(waysTo('npm:tldts', /^sdk\//, read)).toEqual([
      'sdk/src/core/landing.ts → sdk/src/core/domain.ts → npm:tldts',
      'sdk/src/core/domain.ts → npm:tldts',
    ])
  })
})

test('imports are found whether static, of types, dynamic or re-exported', () => {
  const text = `
    import a from 'a'
    import type { B } from './b.ts'
    export * from '../c.ts'
    const d = await import('@headwater/contract')
    // import e from 'e'`
  expect(readSource('sdk/src/core/flush.ts', text).imports).toEqual([
    'npm:a',
    'sdk/src/core/b.ts',
    'sdk/src/c.ts',
    'packages/contract/src/index.ts',
  ])
})

describe('an import from this repository leads to a file that was read', () => {
  test('in every source file', () => {
    expect(deadEnds(sources)).toEqual([])
  })

  test.each(Object.keys(sdk.exports))('by the SDK’s entry %s', (entry) => {
    const text = `import '${entry.replace('.', '@headwater/sdk')}'`
    expect(deadEnds([readSource('sdk/src/a.ts', text)], sources)).toEqual([])
  })

  test('and one that does not is found, unless it is imported as text', () => {
    const text = `import '@headwater/contract/gone'; import sql from './a.sql?raw'; import 'zod'`
    expect(deadEnds([readSource('sdk/src/a.ts', text)], sources)).toEqual([
      'sdk/src/a.ts → packages/contract/src/gone.ts',
    ])
  })
})

test('the sources of every package are read', () => {
  const read = sources.find(({ path }) => path === 'packages/contract/src/schema.ts')
  expect(read?.imports).toContain('npm:zod')
})
