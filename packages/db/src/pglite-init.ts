/** Creates a PGlite database in the folder given as argument, then ends: a process of its own, for initdb leaves 600 MB behind. */
import { PGlite } from '@electric-sql/pglite'

const [, , folder] = process.argv
const database = await PGlite.create(folder as string) // pglite.ts, the only starter, passes it
await database.close()
process.exit(0)
