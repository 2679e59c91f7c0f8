/** Creates, lists, changes and deletes the conversion rules of a website. */
import { constraintOf, type Db, type Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { z } from 'zod'
import { addCreditAgain } from '../credit/recompute/credit-again.ts'
import { NotFoundError, OperationError, readInput } from '../operation-error.ts'
import { warnOfMilestones } from '../websites/warn-of-milestones.ts'
import { unknownWebsite, websiteId } from '../websites/websites.ts'
import type { RuleRow } from './read-rules.ts'
import { ruleChange, ruleCreation, ruleReference } from './rule-input.ts'
import { checkRuleSize } from './rule-size.ts'
import deleteRuleSql from './sql/delete_rule.sql?raw'
import insertRule from './sql/insert_rule.sql?raw'
import lockRulesSql from './sql/lock_rules.sql?raw'
import moveRule from './sql/move_rule.sql?raw'
import selectRules from './sql/select_rules.sql?raw'
import updateRuleSql from './sql/update_rule.sql?raw'

/** A rule with its place and state. The first active rule that matches decides. */
export interface Rule extends RuleRow {
  position: number
  status: 'active' | 'paused'
  created_at: Date
  updated_at: Date
}

export interface ChangedRule extends Rule {
  /** What may not do what was meant. */
  warnings: string[]
}

/** Each event is tried against all of them, at 0.1 to 0.5 µs a simple rule. A guess: more than anyone needs. */
export const maxRules = 100

/** Adds a rule. It applies to events that arrive from 5 seconds later on; `applyRules` applies it to stored ones. */
export async function createRule(db: Db, input: unknown): Promise<ChangedRule> {
  const { website, position, ...rule } = readInput(ruleCreation, input)
  const create = async (tx: Queries) => {
    await lockRules(tx, website)
    const existing = await loadRules(tx, website)
    if (existing.length >= maxRules)
      throw new OperationError(
        `Website ${website} has ${maxRules} rules, as many as it may. Delete one first.`,
      )
    const params = { website_id: website, ...columnsOf(rule) }
    const [row] = await run<{ id: string }, keyof typeof params>(tx, ruleInsert, params)
    const { id } = row as { id: string } // an insert returns its row
    checkRuleSize([...existing, rule])
    if (position !== undefined && position <= existing.length) await move(tx, { website, id, position })
    return withWarnings(tx, website, id)
  }
  return db.transaction(create).catch(explain(website, rule.name))
}

/** The rules in the order in which they decide. */
export async function listRules(db: Queries, input: unknown): Promise<Rule[]> {
  const { website } = readInput(z.object({ website: websiteId }), input)
  return loadRules(db, website)
}

export async function getRule(db: Queries, input: unknown): Promise<Rule> {
  const { website, rule } = readInput(ruleReference, input)
  return findRule(db, website, rule)
}

/**
 * Changes what is given of a rule. Stored conversions stay as they are until `applyRules`. A changed look-back or model applies to
 * them without it: a job that is added in the same transaction credits them again.
 */
export async function changeRule(db: Db, input: unknown): Promise<ChangedRule> {
  const { website, rule, position, ...changes } = readInput(ruleChange, input)
  const change = async (tx: Queries) => {
    await lockRules(tx, website)
    const stored = await findRule(tx, website, rule)
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    const changed: Rule = { ...stored, ...Object.fromEntries(given) }
    const params = { website_id: website, id: stored.id, ...columnsOf(changed), status: changed.status }
    await run<never, keyof typeof params>(tx, ruleUpdate, params)
    checkRuleSize(await loadRules(tx, website))
    if (creditSettings(changed) !== creditSettings(stored))
      await addCreditAgain(tx, { websiteId: website, reason: 'rule_changed' })
    if (position !== undefined && position !== stored.position)
      await move(tx, { website, id: stored.id, position })
    return withWarnings(tx, website, stored.id)
  }
  return db.transaction(change).catch(explain(website, changes.name ?? rule))
}

/**
 * Deletes a paused rule that has no conversions. So nothing disappears from reports by deleting: pausing a rule keeps its
 * conversions, and applying the rules afterwards removes them.
 */
export async function deleteRule(db: Db, input: unknown): Promise<Rule> {
  const { website, rule } = readInput(ruleReference, input)
  return db.transaction(async (tx) => {
    await lockRules(tx, website)
    const stored = await findRule(tx, website, rule)
    if (stored.status !== 'paused')
      throw new OperationError(
        `Rule ${stored.id} “${stored.name}” is active. Pause it first: ${command('pause', website, stored)}.`,
      )
    const params = { website_id: website, id: stored.id }
    const deleted = await run<{ id: string }, keyof typeof params>(tx, ruleDelete, params)
    if (deleted.length === 0)
      throw new OperationError(
        `Rule ${stored.id} “${stored.name}” has conversions. Leave it paused to keep them, or remove them first with \`headwater rule apply --website ${website}\`.`,
      )
    return stored
  })
}

async function withWarnings(tx: Queries, website: string, id: string): Promise<ChangedRule> {
  const rule = await findRule(tx, website, id)
  const models = [...(rule.models ?? []), ...(rule.default_model === null ? [] : [rule.default_model])]
  return { ...rule, warnings: await warnOfMilestones(tx, website, [...new Set(models)]) }
}

/** By its id, else by its name. Throws a NotFoundError. */
export async function findRule(db: Queries, website: string, rule: string): Promise<Rule> {
  const rules = await loadRules(db, website)
  const found = rules.find(({ id }) => id === rule) ?? rules.find(({ name }) => name === rule)
  if (found) return found
  throw new NotFoundError(
    `Website ${website} has no conversion rule ${rule}. See \`headwater rule list --website ${website}\`.`,
  )
}

export const loadRules = (db: Queries, website: string): Promise<Rule[]> =>
  run<Rule, 'website_id'>(db, rulesSelect, { website_id: website })

/** A change reads a rule and writes all of it, so one change of a website's rules at a time. The rules are read afterwards. */
async function lockRules(tx: Queries, website: string): Promise<void> {
  await run<never, 'website_id'>(tx, rulesLock, { website_id: website })
}

/** What decides the credit of its conversions, as a text to compare. */
const creditSettings = ({ lookback_days, default_model, models }: Rule): string =>
  JSON.stringify([lookback_days, default_model, models?.toSorted()])

type Written = Pick<
  Rule,
  'name' | 'matcher' | 'value' | 'counting' | 'lookback_days' | 'default_model' | 'models'
>

const columnsOf = (rule: Written) => ({
  name: rule.name,
  matcher: JSON.stringify(rule.matcher),
  value: rule.value === null ? null : JSON.stringify(rule.value),
  counting: rule.counting,
  lookback_days: rule.lookback_days,
  default_model: rule.default_model,
  models: rule.models && JSON.stringify(rule.models),
})

async function move(
  tx: Queries,
  { website, id, position }: { website: string; id: string; position: number },
) {
  const params = { website_id: website, id, position }
  await run<never, keyof typeof params>(tx, ruleMove, params)
}

/** The violated constraint as advice. */
const explain = (website: string, name: string) => (error: unknown) => {
  const constraint = constraintOf(error)
  if (constraint === 'conversion_rule_belongs_to_website') throw unknownWebsite(website)
  if (constraint === 'conversion_rule_name_is_unique')
    throw new OperationError(
      `Website ${website} already has a rule for ${name}. Change that one, or use another name.`,
    )
  if (constraint === 'conversion_rule_position_is_unique')
    throw new OperationError('Another rule was added at the same time. Try again.')
  throw error
}

const command = (verb: string, website: string, { id }: Rule) =>
  `\`headwater rule ${verb} ${id} --website ${website}\``

const rulesLock = statement(lockRulesSql, 'website_id')
const rulesSelect = statement(selectRules, 'website_id')
const ruleInsert = statement(
  insertRule,
  'website_id',
  'name',
  'matcher',
  'value',
  'counting',
  'lookback_days',
  'default_model',
  'models',
)
const ruleUpdate = statement(
  updateRuleSql,
  'website_id',
  'id',
  'name',
  'matcher',
  'value',
  'counting',
  'lookback_days',
  'default_model',
  'models',
  'status',
)
const ruleMove = statement(moveRule, 'website_id', 'id', 'position')
const ruleDelete = statement(deleteRuleSql, 'website_id', 'id')
