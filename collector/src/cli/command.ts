/** What all commands share: common options, printing a result, and reporting an error. */
import { FolderInUseError } from '@headwater/db/folder-lock'
import { SchemaVersionError } from '@headwater/db/migrate'
import { ConfigError } from '../config.ts'
import { InputError, OperationError } from '../operation-error.ts'
import { inputText, type TypedNames } from './input-text.ts'

export const json = { type: 'boolean', description: 'Print the result as JSON' } as const
export const website = {
  type: 'string',
  required: true,
  description: 'Id of the website',
  valueHint: 'id',
} as const

/** Prints the result as JSON, or its text. */
export function print(asJson: boolean | undefined, result: unknown, text: string): void {
  console.log(asJson ? JSON.stringify(result, null, 2) : text)
}

/** Warnings go to standard error, so that standard output holds only the result. */
export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) console.error(`Warning: ${warning}`)
}

/** Prints only the message of an error that the user can fix, with the names that the command has for the input, and the stack of any other. */
export async function act(work: () => Promise<void>, names?: TypedNames): Promise<void> {
  try {
    await work()
  } catch (error) {
    const isExpected = [ConfigError, FolderInUseError, SchemaVersionError, OperationError].some(
      (kind) => error instanceof kind,
    )
    if (error instanceof InputError) console.error(inputText(error.problems, names))
    else console.error(isExpected ? (error as Error).message : describe(error))
    process.exitCode = 1
  }
}

/** What to do about failures of the system, by the code of Node or the SQLSTATE of PostgreSQL. */
const advice: Record<string, string> = {
  EADDRINUSE: 'The port is in use. Set PORT to another one, or stop the process that listens on it.',
  ECONNREFUSED:
    'Cannot connect to PostgreSQL at DATABASE_URL. Check that it is running, and the host and port.',
  ENOTFOUND: 'The host in DATABASE_URL cannot be resolved. Check its spelling.',
  '3D000': 'The database in DATABASE_URL does not exist. Create it, for example with `createdb`.',
  '28P01': 'PostgreSQL rejected the user or the password in DATABASE_URL.',
  '28000': 'PostgreSQL rejected the user in DATABASE_URL.',
}

function describe(error: unknown): string {
  const code = (error as { code?: string } | null)?.code ?? '' // Node's and PostgreSQL's errors carry one
  return advice[code] ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
}
