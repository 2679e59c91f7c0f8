/** A phone with one app: its process can be killed at any moment, and its storage stays. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Order, Start } from './phone-process.ts'

export interface Phone {
  /** Starts the app. */
  start(): Promise<void>
  /** Makes the running app do this; resolves when it has, with the number of events it has dropped so far. */
  tell(order: Order): Promise<number>
  /** Ends the app's process at once, with SIGKILL. */
  kill(): Promise<void>
  /** The numbers of the events that wait in storage. */
  waiting(): Promise<number[]>
}

/** Bundles the process of the app into this folder; returns the file. */
export async function bundleApp(folder: string): Promise<string> {
  const outfile = `${folder}/phone.mjs`
  await build({
    entryPoints: [fileURLToPath(new URL('phone-process.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    define: { __SDK_NAME__: '"headwater-react-native"', __SDK_VERSION__: '"0.0.0"' },
    logLevel: 'error',
  })
  return outfile
}

export function createPhone(app: string, start: Start): Phone {
  let child: ChildProcess
  let ended: Promise<never>

  async function answer(): Promise<number> {
    const answered = new Promise<{ dropped: number }>((resolve) =>
      child.once('message', resolve as () => void),
    ) // it sends nothing else
    return (await Promise.race([answered, ended])).dropped
  }

  return {
    async start() {
      child = fork(app, [JSON.stringify(start)])
      ended = once(child, 'exit').then(() => Promise.reject(new Error('The app has ended.')))
      ended.catch(() => {}) // that is no failure while nothing is asked of it
      await answer()
    },
    async tell(order) {
      child.send(order)
      return answer()
    },
    async kill() {
      child.kill('SIGKILL')
      await ended.catch(() => {})
    },
    async waiting() {
      const files = (await readdir(start.folder)).filter((name) => /%2Fq[^%]+~\d+$/.test(name))
      const texts = await Promise.all(
        files.map((name) => readFile(`${start.folder}/${name}`, 'utf8').catch(() => '')),
      ) // sent meanwhile
      return texts.flatMap((text) => (text ? [JSON.parse(text).props.n] : []))
    },
  }
}
