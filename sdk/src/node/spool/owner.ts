/** Which process owns a part of the spool, and whether it is still there. */
import type { NodeModules } from './node-modules.ts'

/** The content of the file `owner`, which its process touches from time to time. */
export interface Owner {
  pid: number
  /** Host name, boot and process namespace: containers may share the first two, and a process id says nothing outside of it. */
  machine: string
  /** When the process started, in the kernel's ticks; '' where the kernel does not say. Process ids are reused. */
  started: string
}

/** An owner on another machine that has not touched its file for so long has ended. */
export const staleMs = 120_000

export interface Owners {
  /** This process. */
  me: Owner
  /** Whether its process has ended, as far as this one can know. `silentMs`: since it touched its file. */
  hasEnded(owner: Partial<Owner>, silentMs: number): boolean
}

export function createOwners({ fs, os }: NodeModules): Owners {
  const read = (path: string) => attempt(() => fs.readFileSync(path, 'utf8').trim())
  const namespace = attempt(() => fs.readlinkSync('/proc/self/ns/pid'))
  // The 22nd field; the second one, in brackets, is a name of any characters.
  const startOf = (pid: number) =>
    read(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[19] ?? ''
  const { pid } = process
  const machine = [os.hostname(), read('/proc/sys/kernel/random/boot_id'), namespace].join(' ')
  const me: Owner = { pid, machine, started: startOf(pid) }

  return {
    me,
    hasEnded(owner, silentMs) {
      if (owner.machine !== machine) return silentMs > staleMs
      if (!exists(Number(owner.pid))) return true
      const started = startOf(Number(owner.pid))
      // Suspended for long, it is still there.
      return started ? started !== owner.started : silentMs > staleMs
    },
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // it is another user's
  }
}

/** '' where there is no such file: not every system has /proc. */
function attempt(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
