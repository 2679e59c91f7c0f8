/**
 * `/v1/customers`: the persons of the token's website. Reading takes the scope `customers:read`, erasing `customers:erase`, and
 * deciding who is one person `admin`, because it moves credit.
 */
import { answer, answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import type { Authenticate } from '@headwater/server/authenticate'
import { Problem } from '@headwater/server/problem'
import { type Context, Hono } from 'hono'
import {
  type CustomerDeps,
  dismissByHand,
  eraseByHand,
  exportPiece,
  findCustomers,
  mergeByHand,
  showConflicts,
  showCustomer,
  unmergeByHand,
} from '../identity/people/customer-operations.ts'
import { asProblems, bodyOf } from './operation-problems.ts'

export interface CustomerRouteDeps extends CustomerDeps {
  authenticate: Authenticate
}

export function customerRoutes({ authenticate, ...deps }: CustomerRouteDeps): Hono<AppEnv> {
  const read = authenticate('customers:read')
  const decide = authenticate('admin')
  return new Hono<AppEnv>()
    .get('/v1/customers', read, async (c) => {
      const { type, value } = c.req.query()
      const customers = await asProblems(findCustomers(deps, { ...websiteOf(c), type, value }))
      return answerJson(c, { customers })
    })
    .get('/v1/customers/conflicts', read, async (c) => {
      const { status, cursor, limit } = c.req.query()
      return answerJson(c, await asProblems(showConflicts(deps, { ...websiteOf(c), status, cursor, limit })))
    })
    .post('/v1/customers/conflicts/:conflict/dismiss', decide, async (c) => {
      const input = { ...websiteOf(c), conflict: c.req.param('conflict') }
      return answerJson(c, await asProblems(dismissByHand(deps, input)))
    })
    .get('/v1/customers/:id', read, async (c) => {
      const { cursor, limit } = c.req.query()
      return answerJson(c, await asProblems(showCustomer(deps, { ...customerOf(c), cursor, limit })))
    })
    .delete('/v1/customers/:id', authenticate('customers:erase'), async (c) => {
      const receipt = await asProblems(eraseByHand(deps, customerOf(c), nameOf(c)))
      return answerJson(c, receipt, { status: receipt.finished_at === null ? 202 : 200 })
    })
    .get('/v1/customers/:id/export', read, async (c) => {
      const first = await asProblems(exportPiece(deps, customerOf(c)))
      const headers = {
        'content-type': 'application/json',
        'content-disposition': `attachment; filename="customer-${c.req.param('id')}.json"`,
        'cache-control': 'no-store',
      }
      return answer(c, streamExport(deps, { ...websiteOf(c), ...first }), { headers })
    })
    .post('/v1/customers/:id/merge', decide, async (c) => {
      const input = { ...(await bodyOf(c)), ...websiteOf(c), from: idOf(c) }
      return answerJson(c, await asProblems(mergeByHand(deps, input, nameOf(c))))
    })
    .post('/v1/customers/:id/unmerge', decide, async (c) => {
      const input = { ...(await bodyOf(c)), ...customerOf(c) }
      return answerJson(c, await asProblems(unmergeByHand(deps, input, nameOf(c))))
    })
}

const websiteOf = (c: Context<AppEnv>) => ({ website: c.get('token').websiteId })

/** Anything but digits names no customer. */
function idOf(c: Context<AppEnv>): string {
  const id = c.req.param('id') ?? ''
  if (!/^\d{1,18}$/.test(id))
    throw new Problem('not_found', `There is no customer ${id}. An id has digits only.`)
  return id
}

const customerOf = (c: Context<AppEnv>) => ({ ...websiteOf(c), customer: idOf(c) })

/** Who acts, as stored. */
const nameOf = (c: Context<AppEnv>) => `token ${c.get('token').id}`

interface ExportStart {
  website: string
  text: string
  cursor: string | null
}

/** Reads a piece when the client has taken the one before, so that no export fills the memory. */
function streamExport(
  deps: CustomerDeps,
  { website, text, cursor }: ExportStart,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let next = { text, cursor }
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(encoder.encode(next.text))
      if (next.cursor === null) controller.close()
      else next = await exportPiece(deps, { website, cursor: next.cursor })
    },
  })
}
