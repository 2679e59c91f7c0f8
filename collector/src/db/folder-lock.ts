/** The lock on a PGlite folder: one process at a time, and where to reach the one that has it. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface FolderLock {
  pid: number
  /** When that process started, in clock ticks since boot where the system tells; guards against a pid that was given away again. */
  processStartedAt: string
  /** Where the holder answers CLI commands; empty while it starts, or when it is a command itself. */
  url: string
  /** What CLI commands show to the holder; only this file has it. */
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

const lockFile = (folder: string) => join(folder, 'headwater.lock')

/** Takes the lock, over a stale one if need be. Throws a FolderInUseError while a living process has it. */
export function lockFolder(folder: string): {
  lock: FolderLock
  announce(url: string): void
  release(): void
} {
  mkdirSync(folder, { recursive: true })
  removeStaleLock(folder)
  const lock: FolderLock = {
    pid: process.pid,
    processStartedAt: processStart(process.pid) ?? '',
    url: '',
    secret: randomBytes(24).toString('base64url'),
  }
  const write = (flag: 'wx' | 'w') =>
    writeFileSync(lockFile(folder), JSON.stringify(lock), { flag, mode: 0o600 })
  takeFile(folder, () => write('wx'))
  return {
    lock,
    announce(url) {
      lock.url = url
      write('w')
    },
    release: () => rmSync(lockFile(folder), { force: true }),
  }
}

/** Of two processes that find the same stale lock, the slower one must not remove the lock that the quicker one took. */
function removeStaleLock(folder: string): void {
  const holder = holderOf(folder)
  if (holder) throw new FolderInUseError(folder, holder)
  const aside = `${lockFile(folder)}.${process.pid}`
  try {
    renameSync(lockFile(folder), aside)
  } catch {
    return // there is none, or another process has just moved it
  }
  const moved = readLock(aside)
  if (moved && isAlive(moved)) {
    renameSync(aside, lockFile(folder))
    throw new FolderInUseError(folder, moved)
  }
  rmSync(aside)
}

function takeFile(folder: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    const holder = holderOf(folder)
    throw holder ? new FolderInUseError(folder, holder) : error
  }
}

/** The living process that has the folder, if there is one. */
export function holderOf(folder: string): FolderLock | undefined {
  const lock = readLock(lockFile(folder))
  return lock && isAlive(lock) ? lock : undefined
}

function isAlive(lock: FolderLock): boolean {
  const startedAt = processStart(lock.pid)
  return startedAt !== undefined && startedAt === lock.processStartedAt
}

function readLock(file: string): FolderLock | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FolderLock // written by lockFolder alone
  } catch {
    return undefined // no lock, or one cut off by a crash: nobody holds it
  }
}

/** Undefined when there is no such process; '' where the system does not tell when it started. */
function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '' // proc(5): field 22, counted from behind the name
  } catch {
    return '' // not Linux
  }
}
