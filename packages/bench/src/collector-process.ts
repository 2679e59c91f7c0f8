/** Starts the built collector as its users do: a process of its own, set up by its command line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Settings as environment variables; those that the surroundings happen to have are left out. */
export type Settings = Record<string, string>

export interface CollectorProcess {
  url: string
  pid: number
  kill(signal: NodeJS.Signals): void
  /** Resolves when the process is gone: its exit code, or null when a signal ended it. */
  ended: Promise<number | null>
  /** What it wrote to stderr. */
  complaints(): string
}

const program = fileURLToPath(new URL('../../../collector/bin/headwater.js', import.meta.url)) // from src as from dist
const ours = {
  DATABASE_URL: '',
  HEADWATER_DATA_DIR: '',
  HEADWATER_PEPPER: '',
  HOST: '',
  TRUSTED_PROXY_HOPS: '',
  PORT: '0',
}

/** Starts `headwater serve`; resolves once it listens. Rejects with its own words when it ends instead. */
export async function startCollector(settings: Settings, nodeArgs: string[] = []): Promise<CollectorProcess> {
  const { child, ended, complaints } = run(['serve', '--json'], settings, nodeArgs)
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  ended.then(() => process.removeListener('exit', killWithUs))
  const firstLine = once(createInterface(child.stdout!), 'line') // stdout is a pipe
  const line = await Promise.race([firstLine.then(([text]) => text as string), ended])
  if (typeof line !== 'string') throw new Error(`headwater serve ended with code ${line}:\n${complaints()}`)
  return {
    url: (JSON.parse(line) as { url: string }).url,
    pid: child.pid!,
    kill: (signal) => child.kill(signal),
    ended,
    complaints,
  }
}

/** Runs another command, such as `['migrate']`, to its end, and answers with what it prints as JSON. */
export async function runCommand(command: string[], settings: Settings): Promise<unknown> {
  const { child, ended, complaints } = run([...command, '--json'], settings)
  let output = ''
  child.stdout?.on('data', (piece: Buffer) => {
    output += piece
  })
  const code = await ended
  if (code !== 0) throw new Error(`headwater ${command.join(' ')} ended with code ${code}:\n${complaints()}`)
  return JSON.parse(output)
}

/** Adds a website with a public token to a migrated database, while a collector serves it or not. */
export async function createPublicToken(settings: Settings): Promise<string> {
  const website = (await runCommand(
    ['website', 'create', '--name', 'Shop', '--url', 'https://shop.example'],
    settings,
  )) as { id: string }
  const token = (await runCommand(
    ['token', 'create', '--website', website.id, '--name', 'browser'],
    settings,
  )) as { token: string }
  return token.token
}

function run(command: string[], settings: Settings, nodeArgs: string[] = []) {
  const env = { ...process.env, ...ours, ...settings }
  const child: ChildProcess = spawn(process.execPath, [...nodeArgs, program, ...command], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (piece: Buffer) => {
    said = (said + piece).slice(-10_000)
  })
  const ended = once(child, 'close').then(([code]) => code as number | null) // "close": all that it wrote has been read
  return { child, ended, complaints: () => said }
}
