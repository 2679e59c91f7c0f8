/** `headwater customer show|merge|unmerge|erase|export|conflicts`. */
import { defineCommand } from 'citty'
import { OperationError } from '../operation-error.ts'
import { act, json, print, website } from './command.ts'
import { conflictsText, erasureText, mergeText, personText, unmergeText } from './customer-text.ts'
import type { TypedNames } from './input-text.ts'
import { runOperation } from './run-operation.ts'

const named = {
  customer: { type: 'positional', required: false, description: 'Its id; or name it by an identity' },
  user: { type: 'string', description: 'User id, as `identify` was called with', valueHint: 'id' },
  email: { type: 'string', description: 'E-mail address', valueHint: 'address' },
  cookie: { type: 'string', description: 'Anonymous id of a browser or an app', valueHint: 'id' },
  type: { type: 'string', description: 'Type of another identity, with --value' },
  value: { type: 'string', description: 'Its value, as the events carry it' },
} as const

interface NamedArgs {
  website: string
  customer?: string
  user?: string
  email?: string
  cookie?: string
  type?: string
  value?: string
}

/** The customer as an operation takes it: by id, or by an identity. Throws an OperationError for several. */
export function readName({ website, customer, user, email, cookie, type, value }: NamedArgs): object {
  const names = [
    customer === undefined ? [] : [{ customer }],
    user === undefined ? [] : [{ type: 'user_id', value: user }],
    email === undefined ? [] : [{ type: 'email', value: email }],
    cookie === undefined ? [] : [{ type: 'cookie', value: cookie }],
    type === undefined && value === undefined ? [] : [{ type, value }],
  ].flat()
  if (names.length > 1)
    throw new OperationError('The customer is named more than once. Pass one id or one identity.')
  return { website, ...names[0] }
}

/** What the command calls the fields that name a customer. */
export function customerNames({ customer, user, email, cookie }: Partial<NamedArgs>): TypedNames {
  const given = Object.entries({ user, email, cookie }).find(([, value]) => value !== undefined)
  return {
    customer:
      customer === undefined
        ? () =>
            'No customer is named. Pass its id, or an identity: --user, --email, --cookie, or --type with --value.'
        : 'The customer',
    ...(given && { value: `--${given[0]}` }),
  }
}

const page = {
  cursor: { type: 'string', description: 'Where to go on, as the page before printed it' },
  limit: { type: 'string', description: 'How many to show' },
} as const

const show = defineCommand({
  meta: {
    name: 'show',
    description: 'Show a person: customers, identities, merges, conflicts and newest events',
  },
  args: { website, ...named, ...page, json },
  run: ({ args }) =>
    act(async () => {
      const { cursor, limit } = args
      const person = await runOperation('customer.show', { ...readName(args), cursor, limit })
      print(args.json, person, personText(person))
    }, customerNames(args)),
})

const merge = defineCommand({
  meta: { name: 'merge', description: 'Say that two customers are one person; it can be undone' },
  args: {
    website,
    from: { type: 'positional', description: 'Id of one customer' },
    into: { type: 'positional', description: 'Id of the other one' },
    reason: { type: 'string', description: 'Why, for the record' },
    'two-user-ids': {
      type: 'string',
      description: 'What to do if both have a user id: refuse (default) or unite',
    },
    json,
  },
  run: ({ args }) =>
    act(
      async () => {
        const { website, from, into, reason } = args
        const input = { website, from, into, reason, two_user_ids: args['two-user-ids'] }
        const outcome = await runOperation('customer.merge', input)
        print(args.json, outcome, mergeText(outcome, website))
      },
      { from: 'The first customer', into: 'The second customer' },
    ),
})

const unmerge = defineCommand({
  meta: { name: 'unmerge', description: 'Undo a merge, or all merges of a customer' },
  args: {
    website,
    customer: { type: 'positional', required: false, description: 'Id of a customer, to undo its merges' },
    from: { type: 'string', description: 'Undo only merges with this customer' },
    merge: { type: 'string', description: 'Undo only this merge, by its id' },
    json,
  },
  run: ({ args }) =>
    act(
      async () => {
        const { website, customer, from, merge } = args
        const outcome = await runOperation('customer.unmerge', { website, customer, from, merge })
        print(args.json, outcome, unmergeText(outcome))
      },
      { customer: 'The customer' },
    ),
})

const erase = defineCommand({
  meta: {
    name: 'erase',
    description: 'Erase a person from every table, permanently, and refuse their late events',
  },
  args: { website, ...named, json },
  run: ({ args }) =>
    act(async () => {
      let receipt = await runOperation('customer.erase', readName(args))
      while (receipt.finished_at === null) {
        if (!args.json) console.error(`${receipt.rows.events} events are removed so far …`)
        receipt = await runOperation('customer.erase', {
          website: args.website,
          customer: receipt.customer_id,
        })
      }
      print(args.json, receipt, erasureText(receipt))
    }, customerNames(args)),
})

const exportCommand = defineCommand({
  meta: {
    name: 'export',
    description: 'Write everything that is stored about a person as JSON to standard output',
  },
  args: { website, ...named, json },
  run: ({ args }) =>
    act(async () => {
      let piece = await runOperation('customer.export', readName(args))
      await write(piece.text)
      while (piece.cursor !== null) {
        piece = await runOperation('customer.export', { website: args.website, cursor: piece.cursor })
        await write(piece.text)
      }
    }, customerNames(args)),
})

/** Waits until the pipe has taken it. */
const write = (text: string) =>
  new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })

const conflicts = defineCommand({
  meta: { name: 'conflicts', description: 'List evidence that customers may be one person, or dismiss it' },
  args: {
    website,
    status: { type: 'string', description: 'open (default), merged or dismissed' },
    dismiss: {
      type: 'string',
      description: 'Dismiss this conflict: they are different persons',
      valueHint: 'id',
    },
    ...page,
    json,
  },
  run: ({ args }) =>
    act(
      async () => {
        const { website, status, dismiss, cursor, limit } = args
        if (dismiss !== undefined) {
          const dismissed = await runOperation('customer.dismiss', { website, conflict: dismiss })
          return print(args.json, dismissed, `Conflict ${dismissed.id} is dismissed.`)
        }
        const listed = await runOperation('customer.conflicts', { website, status, cursor, limit })
        print(args.json, listed, conflictsText(listed, website))
      },
      { conflict: '--dismiss' },
    ),
})

export const customerCommand = defineCommand({
  meta: { name: 'customer', description: 'The persons behind the events' },
  subCommands: { show, merge, unmerge, erase, export: exportCommand, conflicts },
})
