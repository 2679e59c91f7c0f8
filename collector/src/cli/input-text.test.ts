import { expect, it } from 'vitest'
import { customerNames } from './customer-command.ts'
import { inputText } from './input-text.ts'
import { ruleNames } from './rule-options.ts'

it('a field is named as its option', () => {
  const message = 'must be a whole number of days.'
  expect(inputText([{ field: 'lookback_days', message }])).toBe(`--lookback-days ${message}`)
})

it('an argument without a name is described', () => {
  expect(inputText([{ field: 'into', message: 'must be …' }], { into: 'The second customer' })).toBe(
    'The second customer must be …',
  )
})

it('what concerns the whole input stands alone, and each problem has a line', () => {
  const problems = [
    { field: '', message: 'It is wrong.' },
    { field: 'limit', message: 'must be 1 to 5.' },
  ]
  expect(inputText(problems)).toBe('It is wrong.\n--limit must be 1 to 5.')
})

it.each([
  ['matcher', { event: '' }, '--event …'],
  ['matcher', { path: '/x' }, '--path …'],
  ['matcher', { matcher: '7' }, '--matcher …'],
  ['name', { event: 'buy' }, '--event …'],
  ['name', { event: 'buy', name: '' }, '--name …'],
  ['value.field', {}, '--value-field …'],
  ['value.cents', {}, '--value-cents …'],
  ['value.conversion_id_field', {}, '--order-field …'],
  ['value.currency_field', {}, '--currency-field …'],
  ['rule', {}, 'The rule …'],
])('the field %s of a rule from %j is reported as %s', (field, args, text) => {
  expect(inputText([{ field, message: '…' }], ruleNames(args))).toBe(text)
})

it.each([
  ['value', { user: '' }, '--user …'],
  ['value', { email: '' }, '--email …'],
  ['value', { cookie: '' }, '--cookie …'],
  ['value', { type: 'crm' }, '--value …'],
  ['customer', { customer: 'x' }, 'The customer …'],
  [
    'customer',
    {},
    'No customer is named. Pass its id, or an identity: --user, --email, --cookie, or --type with --value.',
  ],
])('the field %s of a customer from %j is reported as %s', (field, args, text) => {
  expect(inputText([{ field, message: '…' }], customerNames(args))).toBe(text)
})
