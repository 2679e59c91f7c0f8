/**
 * Writes docs/api-sdk.md from the doc comments of what the SDK's entries export: `npm run api-reference`. With `--check` it
 * only says whether the file is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../', import.meta.url))
const target = join(root, 'docs/api-sdk.md')

const entries = {
  '@headwater/sdk': 'sdk/src/browser/index.ts',
  '@headwater/sdk/node': 'sdk/src/node/index.ts',
  '@headwater/sdk/react': 'sdk/src/react/index.ts',
  '@headwater/sdk/react-native': 'sdk/src/react-native/index.ts',
  '@headwater/sdk/vitals': 'sdk/src/extras/vitals.ts',
  '@headwater/sdk/engagement': 'sdk/src/extras/engagement.ts',
  '@headwater/sdk/interactions': 'sdk/src/extras/interactions.ts',
  '@headwater/sdk/data-layer': 'sdk/src/extras/data-layer.ts',
  '@headwater/sdk/links': 'sdk/src/extras/links.ts',
  '@headwater/sdk/debug': 'sdk/src/extras/debug.ts',
}

const intro = `# API reference of the SDK

Generated from the doc comments of the sources by \`npm run api-reference\`; do not edit it by hand. [sdk/README.md](../sdk/README.md)
describes how to use it.
`

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  main(process.argv[2] === '--check')

function main(isCheck) {
  const text = apiReference()
  if (!isCheck) return writeFileSync(target, text)
  if (text === readFileSync(target, 'utf8')) return
  console.error(
    'docs/api-sdk.md differs from the doc comments. Run `npm run api-reference`, and commit the result.',
  )
  process.exitCode = 1
}

/** The whole document. What several entries export is described at the first. */
export function apiReference() {
  const files = Object.values(entries).map((path) => join(root, path))
  const program = ts.createProgram(files, {
    allowImportingTsExtensions: true,
    noEmit: true,
    jsx: ts.JsxEmit.ReactJSX,
  })
  const checker = program.getTypeChecker()
  const described = new Map() // a declaration, and the entry that describes it
  const parts = Object.entries(entries).map(([entry, path], at) => {
    const file = program.getSourceFile(files[at])
    const symbols = checker
      .getExportsOfModule(checker.getSymbolAtLocation(file))
      .filter(({ name }) => name !== 'default')
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    return entryPart({ entry, path, symbols, described })
  })
  return `${intro}\n${parts.join('\n')}`
}

function entryPart({ entry, path, symbols, described }) {
  const own = symbols.filter(({ declarations }) => !described.has(declarations[0]))
  const elsewhere = symbols.filter((symbol) => !own.includes(symbol))
  const also = alsoExported(elsewhere.map(({ name, declarations }) => [described.get(declarations[0]), name]))
  for (const { declarations } of own) described.set(declarations[0], entry)
  const parts = [...own].sort(byKind).map(({ name, declarations }) => exportPart(name, declarations[0]))
  return [`## \`${entry}\`\n`, firstComment(path), ...also, ...parts].join('\n')
}

/** One sentence for each entry that describes some of the names. */
function alsoExported(pairs) {
  const places = [...new Set(pairs.map(([place]) => place))]
  return places.map((place) => {
    const names = pairs.filter(([other]) => other === place).map(([, name]) => `\`${name}\``)
    return `It also exports ${names.join(', ')} of [\`${place}\`](#${anchorOf(place)}).\n`
  })
}

/** Functions first, and types in the order of the alphabet. */
function byKind(a, b) {
  const rank = ({ declarations: [it] }) => (ts.isFunctionLike(it) ? 0 : ts.isInterfaceDeclaration(it) ? 1 : 2)
  return rank(a) - rank(b) || (a.name < b.name ? -1 : 1)
}

function exportPart(name, declaration) {
  const members = ts.isInterfaceDeclaration(declaration) ? declaration.members.map(memberPart) : []
  return [`### ${name}\n`, fenced(signatureOf(declaration)), commentOf(declaration), ...members]
    .filter(Boolean)
    .join('\n')
}

function memberPart(member) {
  const comment = commentOf(member)
  const signature = withoutComments(member.getText()).replace(/\s+/g, ' ')
  return `- \`${signature}\`${comment ? `\n\n${comment.replace(/^(?=.)/gm, '  ')}` : '\n'}`
}

/** How it is declared, without body, members and comments. */
function signatureOf(declaration) {
  const text = declaration.getText()
  const end = declaration.body?.getStart() ?? declaration.members?.pos
  const head = end === undefined ? text : text.slice(0, end - declaration.getStart()).replace(/\{\s*$/, '')
  return withoutComments(head)
    .replace(/^export (default )?/, '')
    .trim()
}

/** A doc comment as Markdown; its indented examples become code blocks. */
function commentOf(node) {
  const [doc] = ts.getJSDocCommentsAndTags(node)
  if (!doc) return ''
  const text = doc
    .getText()
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .trim()
  return `${withFences(text)}\n`
}

function withFences(text) {
  const blocks = text.split(/\n(?:[ \t]*\n)+/).map((block) => {
    const isCode = /^ {4}/.test(block)
    if (!isCode) return block
    const code = block.replace(/^ {4}/gm, '')
    return fenced(code, /^(headwater|https?:)/.test(code) ? 'text' : 'ts').trim()
  })
  return blocks.join('\n\n')
}

/** The sentence at the top of a file. */
function firstComment(path) {
  const [, text = ''] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(root, path), 'utf8')) ?? []
  return `${text.replace(/\n[ \t]*\* ?/g, ' ').trim()}\n`
}

function withoutComments(text) {
  return text.replace(/\/\*\*[\s\S]*?\*\/\s*/g, '').replace(/\s*\/\/ .*$/gm, '')
}

function fenced(code, language = 'ts') {
  return `\`\`\`${language}\n${code}\n\`\`\`\n`
}

/** The anchor that GitHub makes of an entry's heading. */
function anchorOf(entry) {
  return entry.replace(/[^\w-]/g, '')
}
