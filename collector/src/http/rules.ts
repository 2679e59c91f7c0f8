/** `/v1/rules`: the conversion rules of the token's website. Reading and testing needs `reports:read`, everything else `admin`. */

import type { Db } from '@headwater/db/db'
import { answer, answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import type { Authenticate } from '@headwater/server/authenticate'
import { Hono } from 'hono'
import { applyRules } from '../rules/apply.ts'
import { changeRule, createRule, deleteRule, getRule, listRules } from '../rules/rules.ts'
import { testRule } from '../rules/test-rule.ts'
import { asProblems, inputOf } from './operation-problems.ts'

export interface RulesDeps {
  db: Db
  authenticate: Authenticate
}

export function rulesRoutes({ db, authenticate }: RulesDeps): Hono<AppEnv> {
  const [reading, writing] = [authenticate('reports:read'), authenticate('admin')]
  return new Hono<AppEnv>()
    .get('/v1/rules', reading, async (c) => answerJson(c, { rules: await listRules(db, await inputOf(c)) }))
    .post('/v1/rules', writing, async (c) =>
      answerJson(c, await asProblems(createRule(db, await inputOf(c))), { status: 201 }),
    )
    .post('/v1/rules/test', reading, async (c) =>
      answerJson(c, await asProblems(testRule(db, await inputOf(c)))),
    )
    .post('/v1/rules/apply', writing, async (c) =>
      answerJson(c, await asProblems(applyRules(db, await inputOf(c))), { status: 202 }),
    )
    .get('/v1/rules/:rule', reading, async (c) =>
      answerJson(c, await asProblems(getRule(db, await inputOf(c)))),
    )
    .patch('/v1/rules/:rule', writing, async (c) =>
      answerJson(c, await asProblems(changeRule(db, await inputOf(c)))),
    )
    .delete('/v1/rules/:rule', writing, async (c) => {
      await asProblems(deleteRule(db, await inputOf(c)))
      return answer(c, null, { status: 204 })
    })
}
