/** States which ids are placeholders. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isIllegalId } from './illegal-ids.ts'

describe('a placeholder instead of an id', () => {
  it.each([
    // Nothing
    '',
    ' ',
    'null',
    ' NULL ',
    'undefined',
    '"null"',
    "'anonymous'",
    'NaN',
    'n/a',
    '-1',
    '!!!',
    // Zeros
    '0',
    '000-000',
    '00000000-0000-0000-0000-000000000000',
    // Objects and functions as JavaScript converts them to text
    '[object Object]',
    '[object Promise]',
    '[object Uint8Array]',
    'function () { return id }',
    '{}',
    '[]',
    // Empty parts, joined
    'undefined.undefined',
    'null.null',
    'null-undefined',
    'NaN_NaN',
    'undefined undefined',
    // The name of the field
    'user_id',
    'client-id',
    'distinct_id',
    'anonymous-user',
    'not_authenticated',
    'YOUR_USER_ID',
    '__CLIENT_ID__',
    // Templates that were never filled in
    '{{client_id}}',
    '{{ dlv - order customer }}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the literal text
    '${user.uid}',
    '#{visitor}',
    '%user_id%',
    '<user id>',
    '<%= current_user %>',
    '[[ga_cid]]',
    '(not set)',
    '(none)',
    '*|UNIQID|*',
    '<nil>',
  ])('is %j', (id) => {
    expect(isIllegalId(id)).toBe(true)
  })

  it.each([
    '1',
    'u_42',
    'user-0',
    'guest-42',
    'nullable',
    'nullson',
    'anna',
    'o',
    '0x',
    'id1',
    '你好',
    'Zoë',
    'unknown@example.com',
    '00000000-0000-0000-0000-000000000001',
    '{3F2504E0-4F89-11D3-9A0C-0305E82C3301}',
    'GA1.1.1234567890.1700000000',
    'auth0|5f7c8ec7c33c6c004bbafe82',
    'functional',
  ])('is not %j', (id) => {
    expect(isIllegalId(id)).toBe(false)
  })

  it('is recognised in any case, with spaces around it, and never by a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (id) => {
        expect(isIllegalId(` ${id}\t`)).toBe(isIllegalId(id))
      }),
    )
  })
})
