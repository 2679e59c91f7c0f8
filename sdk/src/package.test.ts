/** States how bundlers and compilers of other projects treat the package. */
import { cp, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@headwater/testkit/databases'
import resolve from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'
import ts from 'typescript'
import { beforeAll, describe, expect, test } from 'vitest'

const sdk = fileURLToPath(new URL('..', import.meta.url))

async function bundle(code: string): Promise<string> {
  const entry = {
    name: 'entry',
    resolveId: (id: string) => (id === 'entry' ? id : null),
    load: (id: string) => (id === 'entry' ? code : null),
  }
  const made = await rollup({ input: 'entry', plugins: [entry, resolve()] })
  const { output } = await made.generate({})
  return output.map((file) => ('code' in file ? file.code : '')).join('')
}

test('a script tag build imported for its effect stays in the bundle', async () => {
  expect(await bundle(`import '@headwater/sdk/script.js'`)).toContain('page_view')
})

test('the npm entry is removed from a bundle that uses nothing of it', async () => {
  expect((await bundle(`import '@headwater/sdk'`)).trim()).toBe('')
})

describe('in another project', () => {
  let folder: string
  beforeAll(async () => {
    folder = await temporaryFolder()
    await cp(sdk, `${folder}/node_modules/@headwater/sdk`, {
      recursive: true,
      filter: (path) => !/\/(src|node_modules)(\/|$)/.test(path.slice(sdk.length)),
    })
  })

  /** What the compiler reports for a page's code, in its strictest mode. */
  async function complaintsAbout(code: string): Promise<string[]> {
    await writeFile(`${folder}/page.ts`, code)
    const program = ts.createProgram([`${folder}/page.ts`], {
      strict: true,
      noEmit: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    })
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
  }

  const imports = `
    import { createClient } from '@headwater/sdk'
    import { dataLayer } from '@headwater/sdk/data-layer'
    import { engagement } from '@headwater/sdk/engagement'
    import { interactions } from '@headwater/sdk/interactions'
    import { acceptLink, links } from '@headwater/sdk/links'
    import { vitals } from '@headwater/sdk/vitals'
    import { createClient as createAppClient, type AppStore } from '@headwater/sdk/react-native'
    const needed = { token: 'hw_pub_abcd1234_x', endpoint: 'https://t.example.com' }
    const hw = createClient<{ purchase: { sku: string }; seen: {} }>(needed)
  `

  test('all types resolve, and each optional file takes a client of any events', async () => {
    const use = `
      hw.track('purchase', { sku: 'A1' })
      hw.track('seen')
      acceptLink({ ...needed, domains: ['other.example'] })
      for (const extra of [dataLayer, engagement, interactions, links, vitals]) extra(hw)
      createClient({ ...needed, beforeSend: (event) => (event.name === 'secret' ? null : event) })
    `
    expect(await complaintsAbout(imports + use)).toEqual([])
  })

  test('the types of an app resolve without React Native, and take any storage of its shape', async () => {
    const use = `
      declare const storage: AppStore
      const app = createAppClient<{ purchase: { sku: string } }>({ ...needed, storage, app: { version: '1.0' } })
      app.track('purchase', { sku: 'A1' })
      app.screen('Product')
      const undo: () => void = app.trackNavigation({ isReady: () => true, getCurrentRoute: () => ({ name: 'Home' }), addListener: () => () => {} })
    `
    expect(await complaintsAbout(imports + use)).toEqual([])
  })

  test.each([
    [`hw.track('other')`, `'"other"'`],
    [`hw.track('purchase', { sku: 1 })`, `'number'`],
    [`hw.track('purchase')`, 'Expected 2 arguments'],
    [`createClient({ ...needed, beforeSend: (event) => event.nonsense })`, `'nonsense'`],
    ['createAppClient(needed)', `'storage'`],
  ])('%s does not compile', async (use, found) => {
    expect(await complaintsAbout(imports + use)).toEqual([expect.stringContaining(found)])
  })
})
