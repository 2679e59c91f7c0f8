/** The CLI's operations on a database; they run in its own process or, over HTTP, in the collector that holds the folder. */
import type { Db } from '@headwater/db/db'
import { applyChannels, listChannels, showChannelMoves } from './channels/operations.ts'
import { explain } from './credit/explain/explain.ts'
import {
  dismissByHand,
  eraseByHand,
  exportPiece,
  mergeByHand,
  showConflicts,
  showCustomer,
  unmergeByHand,
} from './identity/people/customer-operations.ts'
import { advanceJob, listLatestJobs, showJob } from './jobs.ts'
import { applyRules } from './rules/apply.ts'
import { changeRule, createRule, deleteRule, getRule, listRules } from './rules/rules.ts'
import { testRule } from './rules/test-rule.ts'
import type { Secrets } from './secrets.ts'
import { createToken, listTokens, revokeToken } from './websites/tokens.ts'
import { changeSettings, createWebsite, listWebsites } from './websites/websites.ts'

export interface OperationDeps {
  db: Db
  secrets: Secrets
  /** Epoch ms; default `Date.now`. */
  now?(): number
}

/** Who acts, as stored. */
const byCli = 'cli'

export const operations = {
  'website.create': ({ db }: OperationDeps, input: unknown) => createWebsite(db, input),
  'website.list': ({ db }: OperationDeps, _input?: unknown) => listWebsites(db),
  'website.settings': ({ db }: OperationDeps, input: unknown) => changeSettings(db, input),
  'token.create': ({ db, secrets }: OperationDeps, input: unknown) => createToken(db, secrets, input),
  'token.list': ({ db }: OperationDeps, input: unknown) => listTokens(db, input),
  'token.revoke': ({ db }: OperationDeps, input: unknown) => revokeToken(db, input),
  'channels.list': ({ db }: OperationDeps, input: unknown) => listChannels(db, input),
  'channels.preview': ({ db }: OperationDeps, input: unknown) => showChannelMoves(db, input),
  'channels.apply': ({ db }: OperationDeps, input: unknown) => applyChannels(db, input, 'cli'),
  explain: ({ db }: OperationDeps, input: unknown) => explain(db, input),
  'job.list': ({ db }: OperationDeps, input: unknown) => listLatestJobs(db, input),
  'job.show': ({ db }: OperationDeps, input: unknown) => showJob(db, input),
  'job.advance': ({ db }: OperationDeps, input: unknown) => advanceJob(db, input),
  'customer.show': (deps: OperationDeps, input: unknown) => showCustomer(deps, input),
  'customer.merge': (deps: OperationDeps, input: unknown) => mergeByHand(deps, input, byCli),
  'customer.unmerge': (deps: OperationDeps, input: unknown) => unmergeByHand(deps, input, byCli),
  'customer.erase': (deps: OperationDeps, input: unknown) => eraseByHand(deps, input, byCli),
  'customer.export': (deps: OperationDeps, input: unknown) => exportPiece(deps, input),
  'customer.conflicts': (deps: OperationDeps, input: unknown) => showConflicts(deps, input),
  'customer.dismiss': (deps: OperationDeps, input: unknown) => dismissByHand(deps, input),
  'rule.create': ({ db }: OperationDeps, input: unknown) => createRule(db, input),
  'rule.list': ({ db }: OperationDeps, input: unknown) => listRules(db, input),
  'rule.get': ({ db }: OperationDeps, input: unknown) => getRule(db, input),
  'rule.change': ({ db }: OperationDeps, input: unknown) => changeRule(db, input),
  'rule.delete': ({ db }: OperationDeps, input: unknown) => deleteRule(db, input),
  'rule.test': ({ db }: OperationDeps, input: unknown) => testRule(db, input),
  'rule.apply': ({ db }: OperationDeps, input: unknown) => applyRules(db, input),
}

export type OperationName = keyof typeof operations

export type OperationResult<Name extends OperationName> = Awaited<ReturnType<(typeof operations)[Name]>>

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name)
