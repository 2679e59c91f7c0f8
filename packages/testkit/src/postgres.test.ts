/** Whether the PostgreSQL of the tests starts, is isolated from others, and leaves nothing behind. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { freshPostgresUrl, temporaryFolder } from './databases.ts'
import { createDatabase, startPostgres } from './postgres.ts'

const query = async (url: string, statement: string) => {
  const sql = postgres(url, { max: 1 })
  return await sql.unsafe(statement).finally(() => sql.end())
}

test('the server of a test run is PostgreSQL 15', async () => {
  const [row] = await query(inject('postgresUrl'), 'show server_version')
  expect(row?.server_version).toMatch(/^15\./)
})

test('a new database is empty, whatever another one contains', async () => {
  await query(await freshPostgresUrl(), 'create table taken (id integer)')
  const tables = await query(await freshPostgresUrl(), `select from pg_tables where schemaname = 'public'`)
  expect(tables).toHaveLength(0)
})

test('a database can be dropped while a client still has a connection', async () => {
  const { url, drop } = await createDatabase(inject('postgresUrl'))
  const holder = postgres(url, { max: 1, onnotice: () => undefined })
  await holder`select 1`
  await drop()
  await expect(query(url, 'select 1')).rejects.toMatchObject({ code: '3D000' })
  await holder.end()
})

test('a row committed before kill -9 is there after a restart', async () => {
  const dataDir = await temporaryFolder()
  const first = await startPostgres({ dataDir })
  await query(first.url, 'create table kept as select 42 as answer')
  await first.kill9()

  const second = await startPostgres({ dataDir, port: first.port })
  const rows = await query(second.url, 'select answer from kept')
  await second.stop()
  expect(rows).toEqual([{ answer: 42 }])
})

test('a stopped server leaves no folder behind', async () => {
  const server = await startPostgres()
  const [row] = await query(server.url, 'show data_directory')
  await server.stop()
  expect(row?.data_directory).toMatch(/headwater-postgres-/)
  expect(existsSync(dirname(row?.data_directory))).toBe(false)
})

test('a server that cannot start says why', async () => {
  const taken = new URL(inject('postgresUrl')).port
  await expect(startPostgres({ port: Number(taken) })).rejects.toThrow(/address already in use/i)
})
