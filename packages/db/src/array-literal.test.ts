/** What a column looks like as an array literal; db.test.ts shows that both databases read it back. */
import { expect, it } from 'vitest'
import { createEncoder } from './array-literal.ts'
import type { Param } from './db.ts'

it.each<[type: string, values: Param[], literal: string | null]>([
  ['bigint', ['9007199254740993', null, '1'], '{9007199254740993,NULL,1}'],
  ['integer', [1, -2], '{1,-2}'],
  ['float8', [0.1, 1e-7], '{0.1,1e-7}'],
  ['boolean', [true, null], '{true,NULL}'],
  ['uuid', ['0199aaaa-0000-7000-8000-000000000001'], '{0199aaaa-0000-7000-8000-000000000001}'],
  [
    'text',
    ['a', '', 'NULL', null, 'a,b', '{}', '"', '\\', "it's"],
    '{"a","","NULL",NULL,"a,b","{}","\\"","\\\\","it\'s"}',
  ],
  ['jsonb', ['{"a":1}', null], '{"{\\"a\\":1}",NULL}'],
  [
    'jsonb',
    [JSON.stringify('"\\\n\u0001ü\u2028')],
    `{${JSON.stringify(JSON.stringify('"\\\n\u0001ü\u2028'))}}`,
  ],
  ['text', [null, null], null],
  ['bigint', [], null],
])('a column of %s is written so that it can be read back', (type, values, literal) => {
  expect(createEncoder(type)(values, (value) => value)).toBe(literal)
})

it('refuses undefined, which is no text of any type', () => {
  expect(() => createEncoder('bigint')([{}], () => undefined as unknown as Param)).toThrow('undefined value')
})
