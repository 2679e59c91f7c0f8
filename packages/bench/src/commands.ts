/** Runs the collector's command line, as an operator who sets one up does. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Settings as environment variables. */
export type Settings = Record<string, string>

const headwater = fileURLToPath(new URL('../../../collector/bin/headwater.js', import.meta.url)) // from src as from dist
const runFile = promisify(execFile)

/** Runs a command such as `['migrate']` to its end, and resolves with the JSON that it prints. Rejects with its error output. */
export async function runCommand(command: string[], settings: Settings): Promise<unknown> {
  const { stdout } = await runFile(process.execPath, [headwater, ...command, '--json'], {
    env: { ...process.env, ...settings },
  })
  return JSON.parse(stdout)
}

/** Adds a website with a public token to a migrated database, whether a collector serves it or not. */
export async function createPublicToken(settings: Settings): Promise<string> {
  const name = ['--name', 'Shop', '--url', 'https://shop.example']
  const website = (await runCommand(['website', 'create', ...name], settings)) as { id: string } // see operations.ts
  const use = ['--website', website.id, '--name', 'browser']
  const { token } = (await runCommand(['token', 'create', ...use], settings)) as { token: string } // see operations.ts
  return token
}
