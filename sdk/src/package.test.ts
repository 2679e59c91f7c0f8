/** States what a bundler makes of the package. */
import resolve from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'
import { expect, test } from 'vitest'

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

test('the script tag imported for its effect stays', async () => {
  expect(await bundle(`import '@headwater/sdk/script.js'`)).toContain('page_view')
})

test('the entry for npm goes when nothing of it is used', async () => {
  expect((await bundle(`import '@headwater/sdk'`)).trim()).toBe('')
})
