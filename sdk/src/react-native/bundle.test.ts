/** States what the bundle of an app gets: no global of a browser or of Node, and how many bytes. */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const entry = fileURLToPath(new URL('index.ts', import.meta.url))

/** The entry with everything it imports, as any bundler makes it. */
async function bundle(options: object = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    external: ['react-native'],
    define: { __SDK_NAME__: '"headwater-react-native"', __SDK_VERSION__: '"0.0.0"' },
    ...options,
  })
  return outputFiles[0]?.text ?? ''
}

/** The names that code uses and never declares. */
function globalsIn(code: string): string[] {
  const file = ts.createSourceFile('bundle.js', code, ts.ScriptTarget.ESNext, true)
  const [used, declared] = [new Set<string>(), new Set<string>()]
  const look = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && declares(node)) declared.add(node.text)
    else if (ts.isIdentifier(node) && !isName(node)) used.add(node.text)
    // `globalThis.document` is as much of a global as `document`.
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'globalThis')
      used.add(node.name.text)
    ts.forEachChild(node, look)
  }
  look(file)
  return [...used].filter((name) => !declared.has(name)).sort()
}

function declares(node: ts.Identifier): boolean {
  const { parent } = node
  const isDeclaration =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isFunctionExpression(parent) ||
    ts.isClassDeclaration(parent) ||
    ts.isClassExpression(parent) ||
    ts.isBindingElement(parent) ||
    ts.isImportSpecifier(parent)
  return isDeclaration && parent.name === node
}

/** Whether it is the name of a property, of a method or of an export: no variable. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node
  if (ts.isBindingElement(parent)) return parent.propertyName === node
  return (
    ts.isExportSpecifier(parent) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isGetAccessor(parent) ||
      ts.isSetAccessor(parent)) &&
      parent.name === node)
  )
}

const whole = await bundle()

describe('the globals that the bundle uses', () => {
  const language =
    'Array Boolean Date Error Infinity JSON Map Math Number Object Promise RangeError RegExp Set String Symbol TypeError WeakMap'
  const binary = 'ArrayBuffer DataView Uint32Array Uint8Array'
  const functions = 'encodeURI encodeURIComponent decodeURIComponent globalThis undefined'
  const ofReactNative = 'AbortController clearTimeout fetch performance setTimeout'
  const optional = 'crypto'

  test('are those of the language and five of React Native; random bytes are optional', () => {
    const allowed = [language, binary, functions, ofReactNative, optional].flatMap((names) =>
      names.split(' '),
    )
    expect(globalsIn(whole).filter((name) => !allowed.includes(name))).toEqual([])
  })

  test.each([
    'URL',
    'URLSearchParams',
    'TextEncoder',
    'window',
    'document',
    'localStorage',
    'process',
    'Buffer',
  ])('%s would be found, and is not there', async (name) => {
    expect(globalsIn(`const a = { b: () => ${name}.c }`)).toEqual([name])
    expect(globalsIn(`const a = globalThis.${name}`)).toContain(name)
    expect(globalsIn(whole)).not.toContain(name)
  })
})

test('the SHA-256 of @noble/hashes is all that comes of that package', () => {
  expect(whole).toContain('SHA256')
  expect(whole).not.toMatch(/SHA512|BigInt\(/)
})

test('minified it has at most 18 kB (gzip -9)', async () => {
  const code = await bundle({ minify: true, target: 'es2020' })
  const bytes = gzipSync(code, { level: 9 }).length
  console.log(`@headwater/sdk/react-native: ${code.length} bytes minified, ${bytes} by gzip -9`)
  expect(bytes).toBeLessThanOrEqual(18_000)
})
