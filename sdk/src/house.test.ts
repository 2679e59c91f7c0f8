/** House rules of the SDK's sources: no import cycles in the core, and no function longer than a screen. */
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

/** The first cycle, from a file back to itself; undefined when there is none. */
function findCycle(files: Map<string, string>): string[] | undefined {
  const finished = new Set<string>()

  function walk(path: string, trail: string[]): string[] | undefined {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (finished.has(path)) return undefined
    for (const next of importsOf(path, files.get(path) ?? '')) {
      const cycle = walk(next, [...trail, path])
      if (cycle) return cycle
    }
    finished.add(path)
    return undefined
  }

  for (const path of files.keys()) {
    const cycle = walk(path, [])
    if (cycle) return cycle
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

  test('form no cycle, neither by types nor by values', () => {
    expect(core.size).toBeGreaterThan(30)
    expect(findCycle(core)).toBeUndefined()
  })

  test('that form a cycle are found, even by types only', () => {
    const cycle = new Map([
      ['core/a.ts', `import { b } from './inner/b.ts'`],
      ['core/inner/b.ts', `import type { C } from '../c.ts'`],
      ['core/c.ts', `export type { B } from './inner/b.ts'`],
    ])
    expect(findCycle(cycle)).toEqual(['core/inner/b.ts', 'core/c.ts', 'core/inner/b.ts'])
  })
})

describe(`a function has at most ${maxLines} lines`, () => {
  test('in every source file', () => {
    expect([...sources].flatMap(([path, text]) => longFunctions(path, text))).toEqual([])
  })

  test('or is reported', () => {
    const text = `const a = 1\nexport const long = () => {${'\n'.repeat(maxLines)}}`
    expect(longFunctions('core/a.ts', text)).toEqual(['core/a.ts:2'])
  })
})
