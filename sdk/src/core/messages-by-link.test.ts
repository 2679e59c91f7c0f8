/** States that sdk/ERRORS.md, to which the script tag refers, has the messages of the npm build. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  type CheckedOption,
  messages,
  optionRules,
  configError as wholeConfigError,
  messageOf as wholeMessageOf,
} from './messages.ts'
import { configError, messageOf } from './messages-by-link.ts'

const errors = readFileSync(new URL('../../ERRORS.md', import.meta.url), 'utf8')
const threeParts = /^\w[\w ]+: .+?(…|no window).*[.;] .+\.$/

test('the script tag gives the code, what was found, and where to read the message', () => {
  expect(messageOf('illegal_id', 'null')).toBe("illegal_id: 'null', see sdk/ERRORS.md#illegal_id")
  expect(configError('batchSize', 0).message).toBe(
    'invalid_option: `batchSize` is 0, see sdk/ERRORS.md#invalid_option',
  )
})

test.each(Object.entries(messages))(
  'ERRORS.md lists %s with its message, which has three parts',
  (code, text) => {
    expect(errors).toContain(`\n## ${code}\n\n${text('…')}\n`)
    expect(text('…')).toMatch(threeParts)
  },
)

test.each(Object.entries(optionRules))(
  'ERRORS.md lists the option %s with its rule, and its message has three parts',
  (option, [rule, fix]) => {
    expect(errors).toContain(`\n| \`${option}\` | ${rule} | ${fix} |\n`)
    const { message } = wholeConfigError(option as CheckedOption, '…')
    expect(message).toContain(`\`${option}\` must be ${rule}, got '…'`)
    expect(message).toMatch(threeParts)
  },
)

test('ERRORS.md lists no other code', () => {
  const headings = [...errors.matchAll(/^## (.+)$/gm)].map(([, code]) => code)
  expect(headings.sort()).toEqual([...Object.keys(messages), 'invalid_option'].sort())
})

test.each([
  ['hw_sec_abcd1234_0123456789abcdefghjkmnpqrs', `'hw_sec_abcd1234_…'`],
  ['hw_pub_abcd1234_x y', `'hw_pub_abcd1234_x y'`],
])('the npm build shows the token %s as %s', (token, shown) => {
  expect(wholeMessageOf('invalid_token', token)).toContain(`got ${shown}. `)
  expect(wholeConfigError('token', token).message).toContain(`got ${shown}. `)
})
