/** What processes use, where the system reports it: CPU time and memory, from /proc. */
import { readFileSync } from 'node:fs'

/** USER_HZ: what Linux counts CPU time in, on every platform that Node runs on. */
const ticksPerSecond = 100

/** CPU seconds of a process with all its threads so far; undefined where the system does not report it. */
export function cpuSeconds(pid: number): number | undefined {
  return readTicks(pid, { withEndedChildren: 0 })
}

/** CPU seconds of a process with its children, living and ended: a PostgreSQL with its connections. */
export function familyCpuSeconds(pid: number): number | undefined {
  const children = read(`/proc/${pid}/task/${pid}/children`)?.split(' ').filter(Boolean) ?? []
  const own = readTicks(pid, { withEndedChildren: 1 })
  return (
    own &&
    children.reduce((sum, child) => sum + (readTicks(Number(child), { withEndedChildren: 1 }) ?? 0), own)
  )
}

/** CPU seconds of all processes of this machine since it started; undefined where the system does not report it. */
export function machineCpuSeconds(): number | undefined {
  const fields = /^cpu +(.*)/
    .exec(read('/proc/stat') ?? '')?.[1]
    ?.split(' ')
    .map(Number)
  if (!fields) return undefined
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = fields // between them: idle, waiting
  return (user + nice + system + interrupts + softInterrupts) / ticksPerSecond
}

/** Resident memory in bytes; undefined where the system does not report it. */
export function residentBytes(pid: number): number | undefined {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '') ?? []
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

// proc(5): utime, stime, cutime and cstime are fields 14 to 17; the name, field 2, may hold spaces.
function readTicks(pid: number, { withEndedChildren }: { withEndedChildren: 0 | 1 }): number | undefined {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15)
  return (user + system + withEndedChildren * (endedUser + endedSystem)) / ticksPerSecond
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // the process has ended, or this is not Linux
  }
}
