/**
 * Ids of rows before they are inserted, so that a group can be written without waiting for the ids that the database would
 * assign. They come from the table's own sequence, which counts in blocks: its increment is the size of a block.
 */
import type { Queries } from './db.ts'
import selectIdBlocks from './sql/select_id_blocks.sql?raw'
import { run, statement } from './statement.ts'

export interface RowIds {
  /** Makes sure that so many ids are available at once. Queries the database only when too few are left. */
  reserve(count: number): Promise<ReservedIds>
}

export interface ReservedIds {
  /** An id that no other row has; at most as many as were reserved. */
  next(): string
  /** Returns the rest for others to use. */
  release(): void
}

/** `blockSize` is the increment of the sequence. */
export function createRowIds(queries: Queries, sequence: string, blockSize: number): RowIds {
  const free: string[] = []
  let reserved = 0

  async function load(blocks: number): Promise<void> {
    const params = { sequence, blocks }
    for (const { start } of await run<{ start: number }, keyof typeof params>(queries, blockSelect, params))
      for (let i = blockSize - 1; i >= 0; i--) free.push(String(start + i))
  }

  return {
    async reserve(count) {
      let left = count
      reserved += count
      while (free.length < reserved) await load(Math.ceil((reserved - free.length) / blockSize))
      return {
        next() {
          if (left === 0) throw new Error(`All ${count} ids that were reserved of ${sequence} are taken.`)
          left -= 1
          reserved -= 1
          return free.pop() as string // as many are there as are reserved
        },
        release() {
          reserved -= left
          left = 0
        },
      }
    },
  }
}

const blockSelect = statement(selectIdBlocks, 'sequence', 'blocks')
