/** What routes that run an operation share: its input, and its errors as problems. */
import type { AppEnv } from '@headwater/server/app-env'
import { Problem } from '@headwater/server/problem'
import { readBody } from '@headwater/server/read-body'
import type { Context } from 'hono'
import { NotFoundError, OperationError } from '../operation-error.ts'

/** The body, if there is one, with the parameters of the path and the website of the token. Throws a Problem. */
export async function inputOf(c: Context<AppEnv>): Promise<object> {
  const text = c.req.method === 'GET' || c.req.method === 'DELETE' ? '' : await readBody(c.req.raw)
  return { ...objectIn(text), ...c.req.param(), website: c.get('token').websiteId }
}

function objectIn(text: string): object {
  if (text.trim() === '') return {}
  const read = readJson(text)
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read
  throw new Problem('invalid_request', 'The body must be a JSON object.')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('invalid_json', `The body cannot be read: ${(cause as Error).message}.`, { cause })
  }
}

/** Messages name options as the command line spells them; here they are fields of JSON. */
export async function asProblems<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (!(error instanceof OperationError)) throw error
    const detail = error.message.replace(/^--([\w-]+)/gm, (_, option: string) => option.replaceAll('-', '_'))
    throw new Problem(error instanceof NotFoundError ? 'not_found' : 'invalid_request', detail, {
      cause: error,
    })
  }
}
