/** Holds sdk/ERRORS.md, which the script tag points to, to what npm says. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { messages } from './messages.ts'
import { messageOf } from './messages-by-link.ts'

const errors = readFileSync(new URL('../../ERRORS.md', import.meta.url), 'utf8')

test('the script tag says the code, what was found, and where the text is', () => {
  expect(messageOf('illegal_id', 'null')).toBe("illegal_id: 'null', see sdk/ERRORS.md#illegal_id")
})

test.each(Object.entries(messages))('%s stands there with its text, and has three parts', (code, text) => {
  expect(errors).toContain(`\n## ${code}\n\n${text('…')}\n`)
  expect(text('…')).toMatch(/^\w[\w ]+: .+?(…|no window).*[.;] .+\.$/)
})

test('no other code stands there', () => {
  const headings = [...errors.matchAll(/^## (.+)$/gm)].map(([, code]) => code)
  expect(headings).toEqual(Object.keys(messages))
})
