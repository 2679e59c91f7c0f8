/** Which failures mean that the database cannot work now. */
import { expect, it } from 'vitest'
import { isOutage } from './outage.ts'
import { ConnectionError } from './postgres-connection.ts'
import { TimeLimitError } from './time-limit.ts'

const withCode = (code: string) => Object.assign(new Error('no'), { code })

it.each([
  ['a lost connection', new ConnectionError('lost'), true],
  ['a time limit', new TimeLimitError('late'), true],
  ['a shutdown', withCode('57P01'), true],
  ['a server that is starting', withCode('57P03'), true],
  ['a statement that took too long', withCode('57014'), true],
  ['too many connections', withCode('53300'), true],
  ['a full disk', withCode('53100'), true],
  ['a wrong password', withCode('28P01'), true],
  ['a value that is refused', withCode('22P02'), false],
  ['a broken constraint', withCode('23505'), false],
  ['a deadlock', withCode('40P01'), false],
  ['a missing table', withCode('42P01'), false],
  ['a mistake in our code', new TypeError('x is not a function'), false],
  ['nothing at all', undefined, false],
])('%s is an outage: %3$s', (_, error, expected) => {
  expect(isOutage(error)).toBe(expected)
})
