import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readJsonOption } from './read-json-option.ts'

const folder = mkdtempSync(join(tmpdir(), 'headwater-'))
afterAll(() => rmSync(folder, { recursive: true }))

const read = readJsonOption('channel-rules')
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

it('JSON is read as it is, and anything else is the path of a file', () => {
  expect(read(' [{"a":1}]')).toEqual([{ a: 1 }])
  expect(read(file('rules.json', '[{"a":2}]'))).toEqual([{ a: 2 }])
})

it.each([
  [
    'a file that does not exist',
    () => read(join(folder, 'none.json')),
    '--channel-rules: The file cannot be read',
  ],
  ['a file without JSON', () => read(file('bad.json', 'channel: x')), 'bad.json is not valid JSON'],
  ['broken JSON', () => read('[{"a":1}'), '--channel-rules: Its value is not valid JSON'],
])('%s is refused, with what to do', (_, act, message) => expect(act).toThrow(message))
