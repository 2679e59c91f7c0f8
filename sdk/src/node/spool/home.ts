/** The folder of one client in the spool: its segments, and a file `owner` that says that its process is there. */
import type { Clock } from '../../core/ports.ts'
import type { NodeModules } from './node-modules.ts'
import { createOwners } from './owner.ts'
import { ownerIn, succeeds, takeOver } from './take-over.ts'

/** How often the owner says that it is there. */
const beatMs = 10_000

export interface Home {
  /** Its path. */
  folder(): string
  /** How long ago the owner said that it is there. */
  silentMs(): number
  /**
   * Says that the owner is there, if it is time. Another machine takes a process that was suspended for dead: then it moves
   * into a new folder and returns true, and what the old one held belongs to the other by now.
   */
  keep(): boolean
  /** Moves the segments of ended processes into this folder, and returns their names. */
  adopt(): string[]
  /** Gives the folder up, for others to take over at once. */
  leave(): void
}

export interface HomeParts {
  modules: NodeModules
  /** All clients of one website have a folder in it. */
  folder: string
  clock: Clock
  newName(): string
}

/** Throws when the folder cannot be made. */
export function createHome({ modules, folder: spool, clock, newName }: HomeParts): Home {
  const { fs } = modules
  const owners = createOwners(modules)
  let name = ''
  let beatAt = 0
  const folder = () => `${spool}/${name}`

  // Under another name first: a folder without an owner is taken over.
  function moveIn(): void {
    name = newName()
    const draft = `${spool}/.${name}`
    fs.mkdirSync(draft, { recursive: true, mode: 0o700 })
    fs.writeFileSync(ownerIn(draft), JSON.stringify(owners.me), { mode: 0o600 })
    fs.renameSync(draft, folder())
  }

  moveIn()
  beatAt = clock.now()
  return {
    folder,
    silentMs: () => clock.now() - beatAt,
    keep() {
      if (clock.now() - beatAt < beatMs) return false
      const now = new Date()
      const isMine = succeeds(() => fs.utimesSync(ownerIn(folder()), now, now))
      if (!isMine) moveIn()
      beatAt = clock.now()
      return !isMine
    },
    adopt: () => takeOver(fs, owners, { spool, home: name }),
    leave() {
      fs.rmSync(ownerIn(folder()), { force: true })
      succeeds(() => fs.rmdirSync(folder())) // not while segments wait in it
    },
  }
}
