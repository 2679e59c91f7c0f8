import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEncoder } from './array-literal.ts'
import { constraintOf, type Db, type Param, sqlstateOf } from './db.ts'
import { onBothDatabases } from './testing.ts'

onBothDatabases((open) => {
  let db: Db

  beforeAll(async () => {
    db = await open()
    await db.query('create table notes (id integer constraint note_is_unique primary key, text text)')
  })
  afterAll(() => db.close())

  const count = async () =>
    (await db.query<{ count: number }>('select count(*)::float8 as count from notes'))[0]?.count

  describe('a value', () => {
    it.each<[string, string, Param, unknown]>([
      ['a bigint beyond 2^53, as text', '$1::text::bigint::text', '9007199254740993', '9007199254740993'],
      ['a time', '$1::text::timestamptz', '2026-11-20T12:00:00.123Z', new Date('2026-11-20T12:00:00.123Z')],
      ['jsonb', '$1::text::jsonb', '{"a":[1,"ü",null]}', { a: [1, 'ü', null] }],
      ['a number', '$1::integer', 7, 7],
      ['a double', '$1::float8', 0.1, 0.1],
      ['a boolean', '$1::boolean', false, false],
      ['null', '$1::text', null, null],
      ['the text NULL', '$1::text', 'NULL', 'NULL'],
    ])('of kind %s goes in and comes out the same', async (_, expression, param, expected) => {
      const [row] = await db.query<{ value: unknown }>(`select ${expression} as value`, [param])
      expect(row?.value).toEqual(expected)
    })

    it('that is undefined is refused, on both databases', async () => {
      await expect(db.query('select $1::text', [undefined as unknown as null])).rejects.toThrow(
        '$1 is undefined',
      )
    })

    it('that is an instant keeps its milliseconds as a number', async () => {
      const instants = [
        0,
        1,
        ...Array.from({ length: 1_000 }, (_, i) => Date.parse('2026-11-20T12:00:00Z') + i),
      ]
      const rows = await db.query<{ at: Date; micros: string }>(
        `select t as at, extract(microseconds from t)::bigint % 1000 as micros
         from (select to_timestamp(unnest($1::text::float8[]) / 1000) as t) v`,
        [createEncoder('float8')(instants, (at) => at)],
      )
      expect(rows.map(({ at }) => at.getTime())).toEqual(instants)
      expect(new Set(rows.map(({ micros }) => String(micros)))).toEqual(new Set(['0']))
    })

    it('survives an array literal, whatever it contains', async () => {
      const texts = [
        '',
        ' ',
        'a,b',
        '{}',
        '"',
        '\\',
        'NULL',
        'null',
        "it's",
        'line\nbreak',
        'tab\t',
        '🚀',
        null,
      ]
      const rows = await db.query<{ text: string | null }>(
        'select * from unnest($1::text::text[]) as t (text)',
        [createEncoder('text')(texts, (text) => text)],
      )
      expect(rows.map(({ text }) => text)).toEqual(texts)
    })
  })

  describe('a transaction', () => {
    it('is rolled back when its work throws', async () => {
      const work = db.transaction(async (tx) => {
        await tx.query(`insert into notes values (1, 'gone')`)
        throw new Error('no')
      })
      await expect(work).rejects.toThrow('no')
      expect(await count()).toBe(0)
    })

    it('is seen by others only after its commit', async () => {
      await db.transaction((tx) => tx.query(`insert into notes values (2, 'kept')`))
      expect(await count()).toBe(1)
    })

    it('does not mix with statements of others', async () => {
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          db
            .transaction(async (tx) => {
              await tx.query('insert into notes values ($1::integer, null)', [100 + i])
              if (i % 2) throw new Error('undone')
            })
            .catch(() => undefined),
        ),
      )
      expect(await db.query('select id from notes where id >= 100 order by id')).toEqual(
        [100, 102, 104, 106, 108].map((id) => ({ id })),
      )
    })
  })

  describe('a script', () => {
    it('of several statements is rolled back when one of them fails', async () => {
      const work = db.session(({ script }) => script('create table half (id integer); select 1 / 0'))
      await expect(work).rejects.toMatchObject({ code: '22012' })
      expect(await db.query(`select to_regclass('half')::text as name`)).toEqual([{ name: null }])
    })

    it('of one statement may be one that cannot run in a transaction', async () => {
      await db.session(({ script }) => script('vacuum notes'))
    })
  })

  it('an error has its SQLSTATE and the constraint that was broken', async () => {
    await db.query(`insert into notes values (3, null)`)
    const error = await db.query(`insert into notes values (3, null)`).catch((reason: unknown) => reason)
    expect([sqlstateOf(error), constraintOf(error)]).toEqual(['23505', 'note_is_unique'])
    expect(sqlstateOf(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBeUndefined()
  })
})
