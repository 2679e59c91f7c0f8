/** Moves the segments of processes that have ended into the folder of one that is there. */
import type { NodeModules } from './node-modules.ts'
import type { Owner, Owners } from './owner.ts'

type FileSystem = NodeModules['fs']

/** The file in each folder that says whose it is; its time says when the owner was last there. */
export const ownerIn = (folder: string) => `${folder}/owner`

/**
 * Returns the names of the files that it has moved into `home`. Several processes may try at once: each file is renamed by one of
 * them.
 */
export function takeOver(fs: FileSystem, owners: Owners, { spool, home }: Folders): string[] {
  const others = fs.readdirSync(spool).filter((name) => name !== home && !name.startsWith('.'))
  return others.flatMap((other) => {
    let moved: string[] = []
    succeeds(() => {
      if (isFree(fs, owners, `${spool}/${other}`)) moved = move(fs, `${spool}/${other}`, `${spool}/${home}`)
    })
    return moved
  })
}

export interface Folders {
  /** All clients of one website have a folder in it. */
  spool: string
  /** The name of this client's. */
  home: string
}

/** For what another process may have done first, or forbidden. */
export function succeeds(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false // everything stays where it is, for the next attempt
  }
}

function isFree(fs: FileSystem, owners: Owners, folder: string): boolean {
  const file = fs.statSync(ownerIn(folder), { throwIfNoEntry: false })
  if (!file) return true // its owner has left, or whoever took over could not finish
  return owners.hasEnded(readOwner(fs, ownerIn(folder)), Date.now() - file.mtimeMs)
}

function readOwner(fs: FileSystem, path: string): Partial<Owner> {
  try {
    return Object(JSON.parse(fs.readFileSync(path, 'utf8')))
  } catch {
    return {} // cut short by a power failure: judged by its time alone
  }
}

function move(fs: FileSystem, from: string, to: string): string[] {
  fs.rmSync(ownerIn(from), { force: true }) // first: an owner who is there after all sees that it has to move out
  const moved = fs
    .readdirSync(from)
    .filter((file) => succeeds(() => fs.renameSync(`${from}/${file}`, `${to}/${file}`)))
  succeeds(() => fs.rmdirSync(from))
  return moved
}
