/** `headwater rule create|list|test|apply|update|pause|resume|delete`. */
import { defineCommand } from 'citty'
import type { Rule } from '../rules/rules.ts'
import { act, json, print, warn, website } from './command.ts'
import { followJob } from './follow-job.ts'
import { jobText } from './job-text.ts'
import {
  checkIsComplete,
  matcherOptions,
  readRuleOptions,
  ruleNames,
  settingOptions,
  valueOptions,
} from './rule-options.ts'
import { ruleListText, ruleTestText, ruleText } from './rule-text.ts'
import { runOperation } from './run-operation.ts'

const rule = { type: 'positional', required: true, description: 'Its id or name' } as const

const create = defineCommand({
  meta: { name: 'create', description: 'Make conversions of the events that match, from now on' },
  args: {
    website,
    name: { type: 'string', description: 'Name of the conversions; default: the name of the events' },
    ...matcherOptions,
    ...valueOptions,
    ...settingOptions,
    json,
  },
  run: ({ args }) =>
    act(async () => {
      const name = args.name ?? args.event
      const fields = readRuleOptions(args)
      checkIsComplete(args)
      const created = await runOperation('rule.create', { website: args.website, name, ...fields })
      print(args.json, created, [ruleText(created), '', ...nextSteps(args.website, created)].join('\n'))
      warn(created.warnings)
    }, ruleNames(args)),
})

const list = defineCommand({
  meta: { name: 'list', description: 'Show the rules of a website; the first that matches decides' },
  args: { website, json },
  run: ({ args }) =>
    act(async () => {
      const rules = await runOperation('rule.list', { website: args.website })
      print(args.json, rules, ruleListText(rules, args.website))
    }),
})

const test = defineCommand({
  meta: { name: 'test', description: 'Show the last 20 events that a rule, or a given matcher, would match' },
  args: {
    website,
    rule: { ...rule, required: false },
    ...matcherOptions,
    ...valueOptions,
    json,
  },
  run: ({ args }) =>
    act(async () => {
      const input = { website: args.website, rule: args.rule, ...readRuleOptions(args) }
      const result = await runOperation('rule.test', input)
      print(args.json, result, ruleTestText(result))
    }, ruleNames(args)),
})

const apply = defineCommand({
  meta: {
    name: 'apply',
    description: 'Apply the rules of a website to its history: as if they had always been there',
  },
  args: {
    website,
    'dry-run': { type: 'boolean', description: 'Only count what would change' },
    wait: {
      type: 'boolean',
      default: true,
      description: 'Wait for the end',
      negativeDescription: 'Do not wait',
    },
    json,
  },
  run: ({ args }) =>
    act(async () => {
      const started = await runOperation('rule.apply', { website: args.website, dry_run: args['dry-run'] })
      const job = args.wait ? await followJob(args.website, started) : started
      const hint = `\nSee how far it is: headwater job show ${job.id} --website ${args.website}`
      print(args.json, job, `${jobText(job)}${job.status === 'waiting' ? hint : ''}`)
    }),
})

const update = defineCommand({
  meta: { name: 'update', description: 'Change what is given of a rule' },
  args: {
    rule,
    website,
    name: { type: 'string', description: 'Name of the conversions' },
    ...matcherOptions,
    ...valueOptions,
    ...settingOptions,
    json,
  },
  run: ({ args }) =>
    act(
      () =>
        change(args, { name: args.name, ...readRuleOptions(args) }, 'Stored conversions stay as they are.'),
      ruleNames(args),
    ),
})

const pause = defineCommand({
  meta: { name: 'pause', description: 'Stop making conversions by a rule; those that it has made stay' },
  args: { rule, website, json },
  run: ({ args }) => act(() => change(args, { status: 'paused' }, 'Its conversions stay.'), ruleNames(args)),
})

const resume = defineCommand({
  meta: { name: 'resume', description: 'Make conversions by a paused rule again' },
  args: { rule, website, json },
  run: ({ args }) =>
    act(
      () => change(args, { status: 'active' }, 'Events that it has missed stay as they are.'),
      ruleNames(args),
    ),
})

interface ChangeArgs {
  rule: string
  website: string
  json?: boolean
}

async function change(args: ChangeArgs, changes: object, stored: string): Promise<void> {
  const changed = await runOperation('rule.change', { website: args.website, rule: args.rule, ...changes })
  const hint = `${stored} To make history follow: headwater rule apply --website ${args.website}`
  print(args.json, changed, `${ruleText(changed)}\n\n${hint}`)
  warn(changed.warnings)
}

const remove = defineCommand({
  meta: { name: 'delete', description: 'Delete a paused rule that has no conversions' },
  args: { rule, website, json },
  run: ({ args }) =>
    act(async () => {
      const deleted = await runOperation('rule.delete', { website: args.website, rule: args.rule })
      print(args.json, deleted, `Rule ${deleted.id} “${deleted.name}” is deleted.`)
    }, ruleNames(args)),
})

export const ruleCommand = defineCommand({
  meta: { name: 'rule', description: 'The rules that make conversions of events' },
  subCommands: { create, list, test, apply, update, pause, resume, delete: remove },
})

const nextSteps = (websiteId: string, { id }: Pick<Rule, 'id'>) => [
  'It applies to events that arrive from now on (within 5 seconds).',
  `See what it matches:      headwater rule test ${id} --website ${websiteId}`,
  `Apply it to the past too: headwater rule apply --website ${websiteId}`,
]
