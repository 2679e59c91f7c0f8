/** `/v1/jobs`: how far the long jobs of the token's website are. */
import { answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import type { Authenticate } from '@headwater/server/authenticate'
import { Hono } from 'hono'
import { listLatestJobs, showJob } from '../jobs.ts'
import type { OperationDeps } from '../operations.ts'
import { asProblems, inputOf } from './operation-problems.ts'

export interface JobDeps extends Pick<OperationDeps, 'db'> {
  authenticate: Authenticate
}

export function jobRoutes({ db, authenticate }: JobDeps): Hono<AppEnv> {
  const reading = authenticate('reports:read')
  return new Hono<AppEnv>()
    .get('/v1/jobs', reading, async (c) =>
      answerJson(c, { jobs: await asProblems(listLatestJobs(db, await inputOf(c))) }),
    )
    .get('/v1/jobs/:job{\\d{1,18}}', reading, async (c) =>
      answerJson(c, await asProblems(showJob(db, await inputOf(c)))),
    )
}
