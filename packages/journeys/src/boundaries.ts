/** Reads which file imports which, to find imports that break an architecture rule. */
import { readdirSync, readFileSync } from 'node:fs'
import { posix, sep } from 'node:path'
import ts from 'typescript'

/** A source file, by its path from the repository's root, with what it imports. */
export interface Source {
  path: string
  /** Files of this repository by their path from the root; other packages by name, as in 'npm:zod' or 'npm:node:fs'. */
  imports: string[]
  /** Those that remain when types are erased. */
  runtimeImports: string[]
}

export interface Rule {
  /** The files that the rule applies to. */
  files: RegExp
  /** All that they may import; or … */
  onlyImport?: RegExp
  /** … what they may not import. */
  neverImport?: RegExp
}

const roots = ['packages', 'sdk/src', 'collector/src']

/** All source files of the repository except tests and their helpers. */
export const readSources = (repository: string): Source[] =>
  roots
    .flatMap((root) =>
      readdirSync(`${repository}/${root}`, { recursive: true, encoding: 'utf8' }).map(
        (path) => `${root}/${path.split(sep).join('/')}`,
      ),
    )
    .filter(
      (path) => /\.m?[jt]s$/.test(path) && !/\/(node_modules|dist)\/|\.test\.ts$|\/testing\.ts$/.test(path),
    )
    .map((path) => readSource(path, readFileSync(`${repository}/${path}`, 'utf8')))

/** A source file from its text; dynamic imports count too. */
export const readSource = (path: string, text: string): Source => ({
  path,
  imports: importsIn(path, text),
  runtimeImports: importsIn(path, ts.transpile(text, { target: ts.ScriptTarget.ESNext })),
})

/** The imports that the rule forbids, as 'file → import'. */
export const violations = (rule: Rule, sources: Source[]): string[] =>
  sources
    .filter(({ path }) => rule.files.test(path))
    .flatMap(({ path, imports }) => imports.filter((it) => forbids(rule, it)).map((it) => `${path} → ${it}`))

/**
 * Imports from this repository that are no source file, as 'file → import': a path would end there unnoticed. Skips texts
 * (`?raw`).
 */
export const deadEnds = (sources: Source[], read: Source[] = sources): string[] => {
  const paths = new Set(read.map(({ path }) => path))
  const isDead = (it: string) => !it.startsWith('npm:') && !it.endsWith('?raw') && !paths.has(it)
  return sources.flatMap(({ path, imports }) => imports.filter(isDead).map((it) => `${path} → ${it}`))
}

/** How the files come to load a package, each as 'file → file → package'; the shortest path for each file. */
export const waysTo = (imported: string, files: RegExp, sources: Source[]): string[] => {
  const runtimeImports = new Map(sources.map((source) => [source.path, source.runtimeImports]))
  return sources
    .filter(({ path }) => files.test(path))
    .flatMap(({ path }) => shortestWay(path, imported, runtimeImports)?.join(' → ') ?? [])
}

const shortestWay = (from: string, to: string, imports: Map<string, string[]>): string[] | undefined => {
  const ways = [[from]]
  const seen = new Set([from])
  for (const way of ways) {
    const last = way.at(-1)!
    if (last === to) return way
    for (const next of imports.get(last)?.filter((it) => !seen.has(it)) ?? []) {
      seen.add(next)
      ways.push([...way, next]) // so longer paths are walked after all shorter ones
    }
  }
  return undefined
}

const forbids = ({ onlyImport, neverImport }: Rule, imported: string) =>
  onlyImport?.test(imported) === false || neverImport?.test(imported) === true

const ourPackages: [RegExp, string][] = [
  [/^@headwater\/contract$/, 'packages/contract/src/index.ts'],
  [/^@headwater\/sdk$/, 'sdk/src/browser/index.ts'],
  [/^@headwater\/sdk\/(node|react)$/, 'sdk/src/$1/index.ts'],
  [/^@headwater\/sdk\/react-native$/, 'sdk/src/react-native/index.ts'],
  [/^@headwater\/sdk\/(script|stub)\.js$/, 'sdk/src/browser/$1.ts'],
  [/^@headwater\/sdk\/(.+)$/, 'sdk/src/extras/$1.ts'],
  [/^@headwater\/([^/]+)$/, 'packages/$1/src/index.ts'],
  [/^@headwater\/([^/]+)\/(.+)$/, 'packages/$1/src/$2.ts'],
  [/^headwater(\/.*)?$/, 'collector/src/main.ts'],
]

const importsIn = (path: string, text: string) =>
  ts.preProcessFile(text).importedFiles.map(({ fileName }) => locate(path, fileName))

const locate = (from: string, specifier: string): string => {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  const ours = ourPackages.find(([name]) => name.test(specifier))
  return ours ? specifier.replace(...ours) : `npm:${specifier}`
}
