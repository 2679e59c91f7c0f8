/** Turns what an operation says about its input into a problem of the API. */
import { Problem } from '@headwater/server/problem'
import { NotFoundError, OperationError } from '../operation-error.ts'

/** Resolves to the result; throws a Problem, `not_found` or `invalid_request`, in place of an OperationError. */
export async function answerOperation<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (!(error instanceof OperationError)) throw error
    const detail = error.message.replaceAll(/^--/gm, '') // an option of the command line is a field here
    throw new Problem(error instanceof NotFoundError ? 'not_found' : 'invalid_request', detail, {
      cause: error,
    })
  }
}
