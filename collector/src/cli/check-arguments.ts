/** Refuses options and arguments that a command does not have: one that is ignored could do harm, as `erase --dry-run` would. */
import { OperationError } from '../operation-error.ts'

/** What a command takes, as citty describes it. */
export interface CommandLike {
  args?: Record<string, { type?: string; alias?: string | string[] }>
  subCommands?: Record<string, CommandLike>
}

/** Throws an OperationError that names what is unknown. `argv` are the arguments after the name of the program. */
export function checkArguments(command: CommandLike, argv: readonly string[]): void {
  const { found, path, rest } = findCommand(command, argv)
  if (found.subCommands) return // citty prints the help
  const args = Object.entries(found.args ?? {})
  const options = args.filter(([, { type }]) => type !== 'positional')
  const places = args.length - options.length
  let given = 0
  for (let at = 0; at < rest.length; at++) {
    const argument = rest[at] ?? ''
    if (argument === '--') return
    if (!argument.startsWith('-') || argument === '-') {
      given += 1
      if (given > places) throw unknown(path, argument)
      continue
    }
    const name = argument.replace(/^--?(no-)?/, '').split('=', 1)[0] ?? ''
    if (isHelp(name)) return
    const option = options.find((each) => spellings(each).includes(name))
    if (!option) throw unknown(path, argument.split('=', 1)[0] ?? '')
    const takesValue = option[1].type !== 'boolean' && !argument.includes('=')
    if (takesValue) at += 1
  }
}

/** Follows the names of commands as far as they go. */
function findCommand(command: CommandLike, argv: readonly string[]) {
  let found = command
  const path: string[] = []
  for (const name of argv) {
    const next = found.subCommands?.[name]
    if (!next) break
    found = next
    path.push(name)
  }
  return { found, path, rest: argv.slice(path.length) }
}

const isHelp = (name: string) => ['help', 'h', 'version', 'v'].includes(name)

/** citty takes `--lookbackDays` for `--lookback-days`, and the other way round. */
function spellings([name, { alias = [] }]: [string, { alias?: string | string[] }]): string[] {
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const camel = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return [name, kebab, camel, ...[alias].flat()]
}

const unknown = (path: readonly string[], argument: string) =>
  new OperationError(
    `Unknown ${argument.startsWith('-') ? 'option' : 'argument'} ${argument}. Nothing was done. See \`headwater ${[...path, '--help'].join(' ')}\`.`,
  )
