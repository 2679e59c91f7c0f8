/** What routes that run an operation share: its input, and its errors as problems. */
import type { AppEnv } from '@headwater/server/app-env'
import { Problem } from '@headwater/server/problem'
import { readBody } from '@headwater/server/read-body'
import type { Context } from 'hono'
import { NotFoundError, OperationError } from '../operation-error.ts'

/** The fields of the body; without a body there are none. Throws a Problem. */
export const bodyOf = async (c: Context<AppEnv>): Promise<object> => objectIn(await readBody(c.req.raw))

/** The body, if there is one, with the parameters of the path and the website of the token. Throws a Problem. */
export async function inputOf(c: Context<AppEnv>): Promise<object> {
  const body = c.req.method === 'GET' || c.req.method === 'DELETE' ? {} : await bodyOf(c)
  return { ...body, ...c.req.param(), website: c.get('token').websiteId }
}

function objectIn(text: string): object {
  if (text.trim() === '') return {}
  const read = readJson(text)
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read
  const found = Array.isArray(read) ? 'a list' : JSON.stringify(read).slice(0, 60)
  throw new Problem(
    'invalid_request',
    `The body must be a JSON object. Got ${found}. Send an object of fields.`,
  )
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('invalid_json', `The body cannot be read: ${(cause as Error).message}.`, { cause })
  }
}

/** Answers errors of an operation as problems; their messages name fields as JSON spells them. */
export async function asProblems<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (!(error instanceof OperationError)) throw error
    throw new Problem(error instanceof NotFoundError ? 'not_found' : 'invalid_request', error.message, {
      cause: error,
    })
  }
}
