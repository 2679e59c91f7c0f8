/** How tests run: beside their sources, two files at a time, with one real PostgreSQL for the whole run. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { firefoxPath, webKitPaths } from './packages/tooling/installed-browsers.mjs'
import sdk from './sdk/package.json' with { type: 'json' }

const exclude = ['**/node_modules/**', '**/dist/**']

/** What all engines run: deliveries, privacy, sessions, navigation, hostile pages. */
const inEachEngine = [
  'delivery-outages',
  'delivery-leaving',
  'delivery-faults',
  'privacy',
  'privacy-races',
  'privacy-contents',
  'visitor',
  'pages',
  'leaving',
  'hostile-pages',
].map((name) => `packages/journeys/src/browser/${name}.test.ts`)

const shared = {
  define: {
    // What the build puts in place of names in the sources.
    __SDK_VERSION__: JSON.stringify(sdk.version),
    __SDK_NAME__: JSON.stringify('headwater-js'),
  },
  resolve: {
    // Not installed here: examples/react-native has the real one.
    alias: {
      'react-native': fileURLToPath(new URL('packages/testkit/src/react-native-stub.ts', import.meta.url)),
    },
  },
}
const limits = {
  testTimeout: 60_000, // a browser or a database may be slow on a busy machine; a test that hangs still ends
  hookTimeout: 60_000, // the first browser test of a machine unpacks 190 MB
}

const projectOf = (engine: 'chromium' | 'firefox' | 'webkit', include: string[]) => ({
  ...shared,
  test: { name: engine, include, exclude, provide: { engine }, ...limits },
})

export default defineConfig({
  test: {
    globalSetup: 'packages/testkit/src/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2, // one a core where CI runs
    projects: [
      projectOf('chromium', ['**/*.test.ts']), // with everything that needs no browser
      ...(firefoxPath() ? [projectOf('firefox', inEachEngine)] : []),
      ...(webKitPaths() ? [projectOf('webkit', inEachEngine)] : []),
    ],
  },
})
