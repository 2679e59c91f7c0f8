/** The lock on a PGlite folder: one process at a time, and where to reach the one that has it. */
import { randomBytes } from 'node:crypto'
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

export interface FolderLock {
  pid: number
  /** When that process started, in clock ticks since boot, where the system reports it; guards against a reused pid. */
  processStartedAt: string
  /** Host and process namespace: in another container a pid means nothing. */
  machine: string
  /** Where the holder answers CLI commands; empty while it starts, or when it is a command itself. */
  url: string
  /** What CLI commands present to the holder; it is only in this file. */
  secret: string
}

/** The folder is in use by another process. */
export class FolderInUseError extends Error {
  override name = 'FolderInUseError'
  constructor(
    folder: string,
    readonly holder: FolderLock,
  ) {
    super(
      `The database folder ${folder} is in use by process ${holder.pid}${holder.url && ` at ${holder.url}`}. ` +
        'Stop that process first, or set HEADWATER_DATA_DIR to another folder.',
    )
  }
}

/** A holder in another container shows that it is alive by touching its lock this often. */
const heartbeatMs = 5_000
/** After so long without a heartbeat it counts as dead. */
const lifeMs = 4 * heartbeatMs

const lockFile = (folder: string) => join(folder, 'headwater.lock')

/** Takes the lock, replacing a stale one. Throws a FolderInUseError while a living process has it. */
export function lockFolder(folder: string): {
  lock: FolderLock
  announce(url: string): void
  release(): void
} {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock: FolderLock = {
    pid: process.pid,
    processStartedAt: processStart(process.pid) ?? '',
    machine: thisMachine(),
    url: '',
    secret: randomBytes(24).toString('base64url'),
  }
  const draft = `${lockFile(folder)}.${process.pid}`
  const write = (file: string) => writeFileSync(file, JSON.stringify(lock), { mode: 0o600 })

  removeStaleLock(folder, `${draft}.stale`)
  write(draft)
  try {
    linkSync(draft, lockFile(folder)) // atomic; fails when another process was quicker
  } catch (error) {
    const holder = holderOf(folder)
    throw holder ? new FolderInUseError(folder, holder) : error
  } finally {
    rmSync(draft)
  }
  const heartbeat = setInterval(
    () => utimesSync(lockFile(folder), new Date(), new Date()),
    heartbeatMs,
  ).unref()
  return {
    lock,
    announce(url) {
      lock.url = url
      write(draft)
      renameSync(draft, lockFile(folder))
    },
    release() {
      clearInterval(heartbeat)
      if (readLock(lockFile(folder))?.secret === lock.secret) rmSync(lockFile(folder))
    },
  }
}

/** Of two processes that find the same stale lock, the slower one must not remove the lock that the quicker one took. */
function removeStaleLock(folder: string, aside: string): void {
  const holder = holderOf(folder)
  if (holder) throw new FolderInUseError(folder, holder)
  try {
    renameSync(lockFile(folder), aside)
  } catch {
    return // it does not exist, or another process has just moved it
  }
  const moved = readLock(aside)
  if (moved && isAlive(moved, aside)) {
    renameSync(aside, lockFile(folder))
    throw new FolderInUseError(folder, moved)
  }
  rmSync(aside)
}

/** The living process that has the folder, if there is one. */
export function holderOf(folder: string): FolderLock | undefined {
  const lock = readLock(lockFile(folder))
  return lock && isAlive(lock, lockFile(folder)) ? lock : undefined
}

function isAlive(lock: FolderLock, file: string): boolean {
  if (lock.machine !== thisMachine()) return Date.now() - statSync(file).mtimeMs < lifeMs
  const startedAt = processStart(lock.pid)
  return startedAt !== undefined && startedAt === lock.processStartedAt
}

function readLock(file: string): FolderLock | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FolderLock // written only by lockFolder
  } catch {
    return undefined // no lock, or one truncated by a crash: the folder is free
  }
}

function thisMachine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname() // not Linux
  }
}

/** Undefined when there is no such process; '' where the system does not report when it started. */
function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '' // proc(5): field 22, counted from the end of the name
  } catch {
    return '' // not Linux
  }
}
