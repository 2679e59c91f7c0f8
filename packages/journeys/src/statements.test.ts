/**
 * Every statement in a file of its own: its header names its parameters and the indexes that serve it, and its caller uses
 * them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parametersOf } from '@headwater/db/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Catalog, openPostgresCatalog } from './catalog.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => ending.test(path) && !/\/(node_modules|dist|bench)\//.test(path))

const folders = ['collector/src', 'packages']
const statements = folders
  .flatMap((folder) => filesIn(folder, /\/sql\/\w+\.sql$/))
  .map((path): [string, string] => [path, readFileSync(`${root}/${path}`, 'utf8')])
const sources = folders
  .flatMap((folder) => filesIn(folder, /(?<!\.test)\.ts$/))
  .map((path) => readFileSync(`${root}/${path}`, 'utf8'))

let catalog: Catalog
let indexes: string[]
beforeAll(async () => {
  catalog = await openPostgresCatalog()
  const rows = await catalog.query<{ name: string }>(
    `select relname::text as name from pg_class where relkind in ('i', 'I') and relnamespace = 'public'::regnamespace`,
  )
  indexes = rows.map(({ name }) => name)
})
afterAll(() => catalog?.close())

describe.each(statements)('%s', (path, sql) => {
  const header = sql.split('\n').filter((line) => line.startsWith('--'))

  it('says what it does, which parameters it takes and which indexes serve it', () => {
    expect(header[0]).toMatch(/^-- [A-Z]/)
    expect(header.filter((line) => /^-- (\$1 |no parameters$)/.test(line))).toHaveLength(1)
    expect(parametersOf(sql).length > 0).toBe(!header.includes('-- no parameters'))
    const named = /^-- Index: (.*)$/m.exec(sql)?.[1]?.split(', ') ?? []
    const unknown = named.filter((name) => name !== 'none' && !indexes.includes(name))
    expect([named.length > 0, unknown]).toEqual([true, []])
  })

  it('does not order by ids that its result has as texts, which put 10 before 9', () => {
    const texts = [...sql.matchAll(/(\w+)::text(?! as )/g)].map(([, name]) => name)
    const terms = /^order by (.*)$/m.exec(sql)?.[1]?.split(', ') ?? []
    const names = terms.map((term) => term.split(' ')[0])
    expect(names.filter((name) => texts.includes(name))).toEqual([])
  })

  it('is imported once, and loaded with the names of its parameters', () => {
    const file = path.split('/').at(-1)
    const imports = sources.flatMap((source) => {
      const name = new RegExp(`import (\\w+) from '[./\\w-]*/sql/${file}\\?raw'`).exec(source)?.[1]
      return name ? [{ name, source }] : []
    })
    expect(imports).toHaveLength(1)
    for (const { name, source } of imports)
      expect(source).toMatch(
        new RegExp(`(statement|rowStatement)(<[^(]*>)?\\(\\s*${name}\\b|utm\\('\\w+', ${name}\\)`),
      )
  })
})

it('the collector has no other statements, except to check whether the database answers', () => {
  const inline = /\.query(<[^(]*>)?\(\s*[`'"](?!select 1')(select|insert|update|delete|with)\b/
  const collector = filesIn('collector/src', /(?<!\.test)\.ts$/).filter(
    (path) => !path.endsWith('/testing.ts'),
  )
  expect(collector.filter((path) => inline.test(readFileSync(`${root}/${path}`, 'utf8')))).toEqual([])
})
