/** The CLI's operations on a database; they run in its own process or, over HTTP, in the collector that holds the folder. */
import type { Db } from '@headwater/db/db'
import { applyProgress, applyRules, continueApplying } from './rules/apply.ts'
import { changeRule, createRule, deleteRule, getRule, listRules } from './rules/rules.ts'
import { testRule } from './rules/test-rule.ts'
import type { Secrets } from './secrets.ts'
import { createToken, listTokens, revokeToken } from './websites/tokens.ts'
import { changeSettings, createWebsite, listWebsites } from './websites/websites.ts'

export interface OperationDeps {
  db: Db
  secrets: Secrets
}

export const operations = {
  'website.create': ({ db }: OperationDeps, input: unknown) => createWebsite(db, input),
  'website.list': ({ db }: OperationDeps, _input?: unknown) => listWebsites(db),
  'website.settings': ({ db }: OperationDeps, input: unknown) => changeSettings(db, input),
  'token.create': ({ db, secrets }: OperationDeps, input: unknown) => createToken(db, secrets, input),
  'token.list': ({ db }: OperationDeps, input: unknown) => listTokens(db, input),
  'token.revoke': ({ db }: OperationDeps, input: unknown) => revokeToken(db, input),
  'rule.create': ({ db }: OperationDeps, input: unknown) => createRule(db, input),
  'rule.list': ({ db }: OperationDeps, input: unknown) => listRules(db, input),
  'rule.get': ({ db }: OperationDeps, input: unknown) => getRule(db, input),
  'rule.change': ({ db }: OperationDeps, input: unknown) => changeRule(db, input),
  'rule.delete': ({ db }: OperationDeps, input: unknown) => deleteRule(db, input),
  'rule.test': ({ db }: OperationDeps, input: unknown) => testRule(db, input),
  'rule.apply': ({ db }: OperationDeps, input: unknown) => applyRules(db, input),
  'rule.progress': ({ db }: OperationDeps, input: unknown) => applyProgress(db, input),
  'rule.continue': ({ db }: OperationDeps, input: unknown) => continueApplying(db, input),
}

export type OperationName = keyof typeof operations

export type OperationResult<Name extends OperationName> = Awaited<ReturnType<(typeof operations)[Name]>>

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name)
