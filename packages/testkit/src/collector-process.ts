/** Starts the built collector as a process of its own, as a user would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface CollectorProcess {
  url: string
  pid: number
  /** Resolves when it has ended, now or before; answers with its exit code, null after a kill. */
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
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const ended = once(child, 'exit')
      child.kill(signal)
      const [code] = (await ended) as [number | null]
      return code
    },
  }
}

async function firstUrl(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream }) // spawned with a pipe
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => text as string),
    once(child, 'exit').then(() => Promise.reject(new Error('It ended.'))),
  ])
  return (JSON.parse(line) as { url: string }).url // what --json prints
}
