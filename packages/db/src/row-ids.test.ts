/** Ids for future rows: never the same twice, for any caller, and with few queries to the database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db, Queries } from './db.ts'
import { createRowIds } from './row-ids.ts'
import { onBothDatabases } from './testing.ts'

onBothDatabases((open) => {
  let db: Db
  let asked = 0
  const counted: Queries = {
    query(sql, params) {
      asked += 1
      return db.query(sql, params)
    },
  }
  beforeAll(async () => {
    db = await open()
    await db.query('create sequence counted increment 10')
  })
  afterAll(() => db.close())

  const takeAll = async (ids: ReturnType<typeof createRowIds>, count: number) => {
    const reserved = await ids.reserve(count)
    return Array.from({ length: count }, reserved.next)
  }

  it('are never assigned twice, to several processes and to several groups at once', async () => {
    const processes = [createRowIds(counted, 'counted', 10), createRowIds(counted, 'counted', 10)]
    const taken = await Promise.all(
      processes.flatMap((ids) => [takeAll(ids, 7), takeAll(ids, 25), takeAll(ids, 1)]),
    )
    const all = taken.flat()
    expect(all).toHaveLength(66)
    expect(new Set(all).size).toBe(66)
  })

  it('differ from those that the table assigns to other rows', async () => {
    const mine = await takeAll(createRowIds(counted, 'counted', 10), 10)
    const [row] = await db.query<{ id: string }>(`select nextval('counted')::text as id`)
    expect(mine).not.toContain(row?.id)
  })

  it('that were reserved and not taken go to the next group without another query', async () => {
    const ids = createRowIds(counted, 'counted', 10)
    const first = await ids.reserve(10)
    first.release()
    asked = 0
    await takeAll(ids, 10)
    expect(asked).toBe(0)
  })

  describe('beyond those reserved', () => {
    it('are refused', async () => {
      const reserved = await createRowIds(counted, 'counted', 10).reserve(1)
      reserved.next()
      expect(reserved.next).toThrow('All 1 ids that were reserved of counted are taken.')
    })
  })
})
