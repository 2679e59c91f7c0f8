/** How tests run: beside their sources, two files at a time, with one real PostgreSQL for the whole run. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import sdk from './sdk/package.json' with { type: 'json' }

export default defineConfig({
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
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: 'packages/testkit/src/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2, // one a core where CI runs
    testTimeout: 60_000, // a browser or a database may be slow on a busy machine; a test that hangs still ends
    hookTimeout: 60_000, // the first browser test of a machine unpacks 190 MB
  },
})
