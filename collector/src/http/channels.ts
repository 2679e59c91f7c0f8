/** `/v1/channels`: the channel rules of the token's website, and applying them to stored touches. */
import { answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import type { Authenticate } from '@headwater/server/authenticate'
import { Hono } from 'hono'
import { applyChannels, listChannels, showChannelMoves } from '../channels/operations.ts'
import type { OperationDeps } from '../operations.ts'
import { asProblems } from './operation-problems.ts'

export interface ChannelDeps extends Pick<OperationDeps, 'db'> {
  authenticate: Authenticate
}

export function channelRoutes({ db, authenticate }: ChannelDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/v1/channels', authenticate('reports:read'), async (c) =>
      answerJson(c, await asProblems(listChannels(db, { website: c.get('token').websiteId }))),
    )
    .get('/v1/channels/apply', authenticate('reports:read'), async (c) => {
      const input = { website: c.get('token').websiteId, cursor: c.req.query('cursor') }
      return answerJson(c, await asProblems(showChannelMoves(db, input)))
    })
    .post('/v1/channels/apply', authenticate('admin'), async (c) => {
      const { id, websiteId: website } = c.get('token')
      const job = await asProblems(applyChannels(db, { website }, `token ${id}`))
      return answerJson(c, job, { status: 202 })
    })
}
