/**
 * Creates a PGlite database in the folder given as argument, then ends: a separate process, because initdb leaves 600 MB
 * allocated.
 */
import { PGlite } from '@electric-sql/pglite'

const [, , folder] = process.argv
const database = await PGlite.create(folder as string) // pglite.ts, the only starter, passes it
await database.close()
process.exit(0)
