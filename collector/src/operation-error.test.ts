import { expect, it } from 'vitest'
import { z } from 'zod'
import { readInput } from './operation-error.ts'

const schema = z.strictObject({
  website: z.string(),
  name: z.string().min(2),
  size: z.int().max(9).optional(),
  isOld: z.boolean().optional(),
  kind: z.enum(['a', 'b'], 'must be a or b').optional(),
  list: z.array(z.string()).optional(),
  deep: z.object({ id: z.string('must be an id') }).optional(),
})
const valid = { website: '1', name: 'ok' }

it.each<[object, string]>([
  [{ name: undefined }, '`name` must be a text. Got nothing.'],
  [{ name: 7 }, '`name` must be a text. Got 7.'],
  [{ name: 'x' }, '`name` must have at least 2 characters. Got "x".'],
  [{ size: 10 }, '`size` must be at most 9. Got 10.'],
  [{ size: 1.5 }, '`size` must be a whole number. Got 1.5.'],
  [{ isOld: 'yes' }, '`isOld` must be true or false. Got "yes".'],
  [{ kind: 'c' }, '`kind` must be a or b. Got "c".'],
  [{ list: 'a' }, '`list` must be a list. Got "a".'],
  [{ list: ['a', 7] }, '`list` must be a text. Got 7.'],
  [{ deep: { id: 5 } }, '`deep.id` must be an id. Got 5.'],
  [{ colour: 'red' }, '`colour` is not known here. Use name, size, isOld, kind, list, deep.'],
  [{ name: 'x'.repeat(100), kind: 'y'.repeat(100) }, `\`kind\` must be a or b. Got "${'y'.repeat(59)}….`],
])('%j is refused with what was found and what to do', (fields, message) => {
  expect(() => readInput(schema, { ...valid, ...fields })).toThrow(message)
})

it('each wrong field has a line', () => {
  expect(() => readInput(schema, { website: '1' })).toThrow('`name` must be a text. Got nothing.')
  expect(() => readInput(schema, {})).toThrow('`website` must be a text. Got nothing.\n`name` must')
})

it('input that is no object, or holds U+0000, is refused', () => {
  expect(() => readInput(schema, 7)).toThrow('must be an object. Got 7.')
  expect(() => readInput(schema, { ...valid, name: 'a\0' })).toThrow('must not contain U+0000')
})
