/** The house rules of the SDK's sources: no circle of imports in the core, no function that is longer than a screen. */
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))
const maxLines = 59

/** Each source file by its path in sdk/src. */
const sources = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => [path, readFileSync(folder + path, 'utf8')]),
)

/** The relative imports of a file, of types and of values, as paths in sdk/src. */
const importsOf = (path: string, text: string): string[] =>
  ts
    .preProcessFile(text)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => posix.join(posix.dirname(path), fileName))

/** The first circle found, from a file back to itself; undefined when there is none. */
function findCircle(files: Map<string, string>): string[] | undefined {
  const finished = new Set<string>()

  function walk(path: string, trail: string[]): string[] | undefined {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (finished.has(path)) return undefined
    for (const next of importsOf(path, files.get(path) ?? '')) {
      const circle = walk(next, [...trail, path])
      if (circle) return circle
    }
    finished.add(path)
    return undefined
  }

  for (const path of files.keys()) {
    const circle = walk(path, [])
    if (circle) return circle
  }
  return undefined
}

/** Functions of more than so many lines, as 'file:line'. */
function longFunctions(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext)
  const lineAt = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1
  const found: string[] = []
  const look = (node: ts.Node): void => {
    const lines = lineAt(node.end) - lineAt(node.getStart(file)) + 1
    if (ts.isFunctionLike(node) && lines > maxLines) found.push(`${path}:${lineAt(node.getStart(file))}`)
    ts.forEachChild(node, look)
  }
  look(file)
  return found
}

describe('the imports of the core', () => {
  const core = new Map([...sources].filter(([path]) => path.startsWith('core/')))

  test('go in no circle, neither by types nor by values', () => {
    expect(core.size).toBeGreaterThan(30)
    expect(findCircle(core)).toBeUndefined()
  })

  test('and a circle, also one of types alone, is found', () => {
    const circle = new Map([
      ['core/a.ts', `import { b } from './inner/b.ts'`],
      ['core/inner/b.ts', `import type { C } from '../c.ts'`],
      ['core/c.ts', `export type { B } from './inner/b.ts'`],
    ])
    expect(findCircle(circle)).toEqual(['core/inner/b.ts', 'core/c.ts', 'core/inner/b.ts'])
  })
})

describe(`a function has at most ${maxLines} lines`, () => {
  test('in every source file', () => {
    expect([...sources].flatMap(([path, text]) => longFunctions(path, text))).toEqual([])
  })

  test('and a longer one is found', () => {
    const text = `const a = 1\nexport const long = () => {${'\n'.repeat(maxLines)}}`
    expect(longFunctions('core/a.ts', text)).toEqual(['core/a.ts:2'])
  })
})
