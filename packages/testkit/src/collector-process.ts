/** Runs the built collector as a process of its own, as a user would. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface CollectorProcess {
  url: string
  pid: number
  /** What it has written to standard error so far. */
  complaints(): string
  /** Resolves with its exit code when it has ended, null after a kill. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

const headwater = fileURLToPath(new URL('../../../collector/bin/headwater.js', import.meta.url))

/** Runs `headwater dev` or `headwater serve` with these settings, on a free port unless they name one. */
export async function startCollectorProcess(
  command: 'dev' | 'serve',
  settings: Record<string, string>,
): Promise<CollectorProcess> {
  const env = { ...process.env, PORT: '0', ...settings }
  const child = spawn(process.execPath, [headwater, command, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const complaints: string[] = []
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()))
  const url = await firstUrl(child).catch(() => {
    throw new Error(`headwater ${command} did not start: ${complaints.join('')}`)
  })
  return {
    url,
    pid: child.pid as number, // it printed a line, so it runs
    complaints: () => complaints.join(''),
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const ended = once(child, 'exit')
      child.kill(signal)
      const [code] = (await ended) as [number | null]
      return code
    },
  }
}

/** Runs another command such as `token create` to its end, and resolves with the JSON that it prints. */
export async function runHeadwater(command: string[], settings: Record<string, string>): Promise<unknown> {
  const env = { ...process.env, ...settings }
  const { stdout } = await promisify(execFile)(process.execPath, [headwater, ...command, '--json'], { env })
  return JSON.parse(stdout)
}

async function firstUrl(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream }) // spawned with a pipe
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => text as string),
    once(child, 'exit').then(() => Promise.reject(new Error('It ended.'))),
  ])
  return (JSON.parse(line) as { url: string }).url // what --json prints
}
