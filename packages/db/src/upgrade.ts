/** Applies one upgrade of the schema. A step says how it runs; every step can be repeated after an interruption. */
import type { Queries, Session } from './db.ts'

interface Step {
  /** `concurrently`: outside a transaction, so that ingest continues while an index is built. */
  mode: 'in a transaction' | 'concurrently' | 'concurrently, for each partition of events'
  sql: string
}

/** Runs the steps of an upgrade in their order. */
export async function applyUpgrade(session: Session, upgrade: string): Promise<void> {
  for (const { mode, sql } of stepsOf(upgrade)) {
    if (mode === 'in a transaction') await session.script(sql)
    else if (mode === 'concurrently') await runConcurrently(session, sql)
    else
      for (const partition of await partitionsOfEvents(session))
        await runConcurrently(session, sql.replaceAll(':partition', partition))
  }
}

/** The steps of an upgrade, each under a line `-- step: <mode>`. Throws for a mode that does not exist. */
export function stepsOf(upgrade: string): Step[] {
  const [, ...parts] = upgrade.split(/^-- step: /m)
  if (parts.length === 0)
    throw new TypeError('An upgrade needs a line `-- step: in a transaction` or another mode.')
  return parts.map((part) => {
    const [mode = '', ...lines] = part.split('\n')
    if (!isMode(mode)) throw new TypeError(`There is no such mode of a step: ${mode}`)
    return { mode, sql: lines.join('\n') }
  })
}

const isMode = (text: string): text is Step['mode'] =>
  /^(in a transaction|concurrently(, for each partition of events)?)$/.test(text)

/** An interrupted build leaves an invalid index, which is dropped before the build is repeated. */
async function runConcurrently(session: Session, sql: string): Promise<void> {
  const invalid = await session.query<{ name: string }>(selectInvalidIndexes)
  for (const { name } of invalid) if (sql.includes(name)) await session.script(`drop index ${name}`)
  await session.script(sql)
}

const selectInvalidIndexes = `
  select c.oid::regclass::text as name
  from pg_index x
  join pg_class c on c.oid = x.indexrelid
  where not x.indisvalid and c.relkind = 'i'`

async function partitionsOfEvents(db: Queries): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass order by 1`,
  )
  return rows.map(({ name }) => name)
}
