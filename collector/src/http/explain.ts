/** `GET /v1/conversions/:id/explain` and `GET /v1/explain`: why the touches of a conversion got what they got. */
import { answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import type { Authenticate } from '@headwater/server/authenticate'
import { Hono } from 'hono'
import { explain } from '../credit/explain/explain.ts'
import type { OperationDeps } from '../operations.ts'
import { asProblems } from './operation-problems.ts'

export interface ExplainDeps extends Pick<OperationDeps, 'db'> {
  authenticate: Authenticate
}

export function explainRoutes({ db, authenticate }: ExplainDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/v1/conversions/:id/explain', authenticate('reports:read'), async (c) => {
      const input = { website: c.get('token').websiteId, conversion: c.req.param('id'), by: 'id' }
      return answerJson(c, await asProblems(explain(db, input)))
    })
    .get('/v1/explain', authenticate('reports:read'), async (c) => {
      const { conversion_id: conversion, name } = c.req.query()
      const input = { website: c.get('token').websiteId, conversion: conversion ?? '', by: 'order', name }
      return answerJson(c, await asProblems(explain(db, input)))
    })
}
