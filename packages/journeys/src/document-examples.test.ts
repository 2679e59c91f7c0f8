/** States that the examples in documents and doc comments compile, with the types that users of the SDK get. */
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const documents = ['sdk/README.md', 'docs/api-sdk.md', 'docs/migrate.md', 'docs/troubleshooting.md']

/** What examples use without saying where it comes from. */
const surroundings = `
  declare const [token, endpoint, email, url]: [string, string, string, string]
  declare const req: { headers: { cookie?: string } }
  declare const user: { id: string }
  declare const ctx: { waitUntil(work: Promise<unknown>): void }
  declare const form: { elements: { visitor: { value: string } } }
  declare const storage: import('@headwater/sdk/react-native').AppStore
  declare const appNavigation: import('@headwater/sdk/react-native').NavigationRef
  declare const App: () => null
  declare const server: { close(): void }
  declare const useEffect: (effect: () => void, inputs: unknown[]) => void
  declare const useNavigationContainerRef: () => typeof appNavigation
  declare const Application: { getInstallReferrerAsync(): Promise<string> }
  declare module '@react-native-async-storage/async-storage' { export default storage }
`

/** The type of `hw` in the examples of an entry. */
const clients: { [entry: string]: string } = {
  '@headwater/sdk/node': `import('@headwater/sdk/node').ServerClient`,
  '@headwater/sdk/react-native': `import('@headwater/sdk/react-native').AppClient`,
}

/** What the examples of an entry use of it without an import. */
const names = /\b(createClient|fromRequest|acceptLink|HeadwaterProvider|useHeadwater|useConsent)\b(?=[(<\s])/g

/** Each example by a path that names its document and line. */
function examplesIn(document: string): [path: string, code: string][] {
  const text = readFileSync(repository + document, 'utf8')
  return [...text.matchAll(/^( *)```[jt]sx?\n([\s\S]*?)^\1```$/gm)].flatMap(({ index, 2: code = '' }) => {
    if (/^(function|interface|class|type) \w+[^;]*$/.test(code) && !code.includes('\n\n')) return [] // a signature
    const before = text.slice(0, index)
    const entry = /.*^## `(\S+)`$/ms.exec(before)?.[1] ?? /from '(@headwater\/sdk\S*)'/.exec(code)?.[1]
    const path = `${repository}packages/journeys/${posix.basename(document)}-${before.split('\n').length}.tsx`
    return [[path, `${contextOf(code, entry)} ${code}\nexport {}\n`]]
  })
}

/** Imports what an example uses of its entry, in one line. */
function contextOf(code: string, entry = '@headwater/sdk'): string {
  const isKnown = (name: string) => new RegExp(`(import .*|const |function )\\b${name}\\b`).test(code)
  const used = new Set([...code.matchAll(names)].map(([name]) => name))
  const imports = [...used]
    .filter((name) => !isKnown(name))
    .map(
      (name) =>
        `import { ${name} } from '${name === 'createClient' && !clients[entry] ? '@headwater/sdk' : entry}';`,
    )
  const client = clients[entry] ?? `import('@headwater/sdk').Client`
  const declared = isKnown('hw') ? '' : `declare const hw: ${client};`
  return [...imports, declared].join(' ')
}

function compile(files: Map<string, string>): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    jsx: ts.JsxEmit.ReactJSX,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, ...rest) => {
    const text = files.get(path)
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, rest[0])
  }
  const program = ts.createProgram([...files.keys()], options, host)
  const isBody = 1108 // the code of "A 'return' statement can only be used within a function body."
  const found = ts.getPreEmitDiagnostics(program).filter(({ code }) => code !== isBody)
  return found.map(({ file, start = 0, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
    return `${posix.basename(file?.fileName ?? '')} +${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

test('every example compiles', () => {
  const examples = documents.flatMap(examplesIn)
  expect(examples.length).toBeGreaterThan(20)
  const files = new Map([...examples, [`${repository}packages/journeys/surroundings.d.ts`, surroundings]])
  expect(compile(files)).toEqual([])
})
