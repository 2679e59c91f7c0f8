/** Runs an operation on the configured database, directly or through the collector that has it open. */

import { holderOf } from '@headwater/db/folder-lock'
import { checkSchemaVersion, migrate } from '@headwater/db/migrate'
import { openDatabase } from '@headwater/db/open-database'
import { readConfig } from '../config.ts'
import { InputError, type InputProblem, OperationError } from '../operation-error.ts'
import { type OperationName, type OperationResult, operations } from '../operations.ts'
import { createSecrets, openPepper } from '../secrets.ts'

/** Runs here, or in the collector that holds the PGlite folder; times in the result are Dates here, ISO texts there. */
export async function runOperation<Name extends OperationName>(
  name: Name,
  input: unknown,
): Promise<OperationResult<Name>> {
  const config = readConfig(process.env)
  const holder = config.databaseUrl ? undefined : holderOf(config.dataDir)
  if (holder?.url) return askHolder(`${holder.url}/operations/${name}`, holder.secret, input)

  const opened = await openDatabase(config)
  try {
    await (opened.lock ? migrate(opened.db) : checkSchemaVersion(opened.db)) // the lock keeps other processes out
    const result: unknown = await operations[name](
      { db: opened.db, secrets: createSecrets(openPepper(config)) },
      input,
    )
    return result as OperationResult<Name> // TypeScript does not follow the name into the table
  } finally {
    await opened.close()
  }
}

async function askHolder<Result>(url: string, secret: string, input: unknown): Promise<Result> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(10_000),
  })
  const body = (await answer.json()) as Answer<Result>
  if (body.problems) throw new InputError(body.problems)
  if (!answer.ok) throw new OperationError(body.error ?? `The collector at ${url} answered ${answer.status}.`)
  return body.result
}

/** Written by http/operations.ts. */
interface Answer<Result> {
  result: Result
  error?: string
  problems?: InputProblem[]
}
