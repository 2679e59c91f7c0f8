/** Which raw values are events, what is wrong with the others, and what is cut or left out. ingest.test.ts covers what is stored. */
import { limits } from '@headwater/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { needsRepair, repairText } from '../repair-text.ts'
import { createParser, isFault } from './parse.ts'

const parseEvent = createParser()

const time = '2026-11-20T12:00:00Z'
const good = { idempotency_key: 'k', type: 'track', name: 'click', occurred_at: time, anonymous_id: 'a' }
const money = { revenue_cents: 4999, currency: 'EUR' }
const session = { id: 's', started_at: time }
const identity = { type: 'ga_cid', value: 'v' }

const x = (length: number) => 'x'.repeat(length)
/** Props with the given number of levels. */
const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
/** Props whose JSON has the given number of bytes, in characters of one size. */
const large = (bytes: number, character = 'x') => {
  const room = bytes - '{"a":""}'.length
  const size = Buffer.byteLength(character)
  return { a: character.repeat(room / size) + x(room % size) }
}

const faultOf = (fields: object) => {
  const parsed = parseEvent({ ...good, ...fields })
  return isFault(parsed) ? parsed : undefined
}
function wireOf(fields: object) {
  const parsed = parseEvent({ ...good, ...fields })
  if (isFault(parsed)) throw new Error(parsed.message)
  return parsed.wire
}

describe('a valid event', () => {
  it('is returned unchanged, with its props as JSON', () => {
    const full = {
      ...good,
      ...money,
      stream: 'p',
      seq: 1,
      user_id: 'u',
      identities: [identity],
      session: {
        ...session,
        landing_url: 'https://shop.example/',
        utm: { source: 'ad' },
        click_ids: { gclid: 'X' },
      },
      url: 'https://shop.example/a',
      referrer_url: 'https://news.example/',
      title: 'Shop',
      props: { size: 1, list: [null, true, { deep: 'ü' }] },
      conversion: true,
      conversion_id: 'o-1',
      ad_cookies: { _fbc: 'fb.1' },
      touches: [
        { session_id: 's0', occurred_at: time, url: 'https://shop.example/', utm: {}, click_ids: {} },
      ],
      schema_version: 2,
    }
    const props = '{"size":1,"list":[null,true,{"deep":"ü"}]}'
    expect(parseEvent(full)).toEqual({ wire: full, props })
  })

  it('is not changed by cuts in its copy', () => {
    const raw = {
      ...good,
      title: x(600),
      session: { ...session, utm: { source: x(300) }, click_ids: { a: '' } },
    }
    const before = structuredClone(raw)
    parseEvent(raw)
    expect(raw).toEqual(before)
  })

  it.each<[string, object, string | null]>([
    ['no props', {}, null],
    ['empty props', { props: {} }, '{}'],
    ['props with a key of any name', { props: JSON.parse('{"__proto__":{"a":1}}') }, '{"__proto__":{"a":1}}'],
  ])('gives the JSON of %s', (_, fields, props) => {
    expect(parseEvent({ ...good, ...fields })).toMatchObject({ props })
  })

  it('loses fields that the schema does not know, including nested ones', () => {
    const later = { later: 1 }
    const odd = { ...session, ...later, utm: { source: 'a', ...later } }
    const wire = wireOf({ ...later, session: odd, identities: [{ ...identity, ...later }] })
    expect(JSON.stringify(wire)).not.toContain('later')
    expect(wire).toMatchObject({ session: { id: 's', utm: { source: 'a' } }, identities: [identity] })
  })

  it.each<[string, object]>([
    ['an identify without a name', { type: 'identify', name: undefined }],
    ['only a user id', { anonymous_id: undefined, user_id: 'u' }],
    ['only an identity', { anonymous_id: undefined, identities: [identity] }],
    ['a refund', { ...money, revenue_cents: -1 }],
    ['a revenue of 0', { ...money, revenue_cents: 0 }],
    ['the largest whole number', { ...money, revenue_cents: Number.MAX_SAFE_INTEGER }],
    ['a key of 128 characters, of any number of UTF-16 units', { idempotency_key: '👩'.repeat(128) }],
    ['a name of 200 characters', { name: x(200) }],
    ['an anonymous id of 128', { anonymous_id: x(128) }],
    ['a user id of 256', { user_id: x(256) }],
    ['a conversion id of 128', { conversion_id: x(128) }],
    ['a session id of 128', { session: { ...session, id: x(128) } }],
    ['a stream of 128', { stream: x(128), seq: 1_000_000_000 }],
    ['ten identities', { identities: Array(10).fill(identity) }],
    ['an identity of 64 and 256', { identities: [{ type: x(64), value: x(256) }] }],
    ['the highest schema version that the column holds', { schema_version: 32_767 }],
    ['props of ten levels', { props: nested(10) }],
    ['props of 32 kB', { props: large(limits.propsBytes) }],
    ['props of 32 kB in characters of three bytes', { props: large(limits.propsBytes, '€') }],
  ])('may have %s', (_, fields) => {
    expect(faultOf(fields)).toBeUndefined()
  })

  it.each([
    '2026-11-20T12:00:00Z',
    '2026-11-20T12:00:00.5Z',
    '2026-11-20T12:00:00.123456789Z',
    '2026-11-20T12:00:00+05:30',
    '2026-11-20T12:00:00-00:00',
    '2028-02-29T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59+23:59',
  ])('may have happened at %s, which JavaScript can parse', (occurred_at) => {
    expect(faultOf({ occurred_at })).toBeUndefined()
    expect(Date.parse(occurred_at)).not.toBeNaN()
  })
})

it.each([null, undefined, 42, 'text', true, [], [good]])(
  '%j is not an event, and its fault names no field',
  (raw) => {
    expect(parseEvent(raw)).toEqual({ code: 'invalid_event', message: 'An event must be a JSON object.' })
  },
)

describe('a fault names the field and what it must be:', () => {
  it.each<[path: string, object]>([
    ['idempotency_key', { idempotency_key: undefined }],
    ['type', { type: undefined }],
    ['occurred_at', { occurred_at: undefined }],
    ['session.id', { session: {} }],
    ['session.started_at', { session: { id: 's' } }],
    ['identities.1.value', { identities: [identity, { type: 'ga_cid' }] }],
  ])('%s is missing', (path, fields) => {
    const message = `${path} is missing. Send it with every event.`
    expect(faultOf(fields)).toEqual({ code: 'field_required', path, message })
  })

  it.each<[string, object, string]>([
    ['track', {}, 'An event of type track needs a name: send name, for example "purchase".'],
    ['page', { type: 'page' }, 'An event of type page needs a name: send name, for example "purchase".'],
    ['touch', { type: 'touch' }, 'An event of type touch needs a name: send name, for example "purchase".'],
  ])('the name of a %s is missing', (_, fields, message) => {
    expect(faultOf({ ...fields, name: undefined })).toEqual({ code: 'field_required', path: 'name', message })
  })

  it.each<[path: string, max: number, (text: string) => object]>([
    ['name', 200, (name) => ({ name })],
    ['anonymous_id', 128, (anonymous_id) => ({ anonymous_id })],
    ['user_id', 256, (user_id) => ({ user_id })],
    ['stream', 128, (stream) => ({ stream })],
    ['conversion_id', 128, (conversion_id) => ({ conversion_id })],
    ['session.id', 128, (id) => ({ session: { ...session, id } })],
    ['identities.0.value', 256, (value) => ({ identities: [{ ...identity, value }] })],
  ])('%s is longer than %i characters, or empty', (path, max, fields) => {
    const message = `${path} is too long: at most ${max} characters are allowed.`
    expect(faultOf(fields(x(max + 1)))).toEqual({ code: 'field_too_long', path, message })
    expect(faultOf(fields(''))).toMatchObject({ code: 'invalid_field', path })
  })

  it('more than ten identities', () => {
    expect(faultOf({ identities: Array(11).fill(identity) })).toEqual({
      code: 'too_many_identities',
      path: 'identities',
      message: 'An event may have at most 10 identities.',
    })
  })

  it.each<[path: string, string, unknown[]]>([
    ['idempotency_key', 'must be 1–128 printable characters', ['', x(129), 'a\tb', 'a\u200db', 'a\ud800']],
    ['type', 'expected one of "page"|"screen"|"track"|"identify"|"touch"', ['walk', 'Page', '', 1]],
    ['name', 'expected string', [1, {}]],
    ['anonymous_id', 'expected string', [1]],
    ['user_id', 'expected string', [true, ['u']]],
    ['user_id', 'must be text, because a number beyond 9007199254740991 loses digits', [2 ** 53]],
    ['conversion_id', 'must be text, because', [1e21, Number.POSITIVE_INFINITY]],
    ['seq', 'expected', [0, -1, 1.5, '1', 1_000_000_001]],
    ['schema_version', 'expected', [0, 1.5, '1', 32_768]],
    ['conversion', 'expected boolean', ['yes', 1]],
    ['props', 'must be an object', [[], 'text', 1]],
    ['url', 'expected string', [1, {}]],
    ['referrer_url', 'expected string', [1]],
    ['title', 'expected string', [1]],
    ['identities', 'expected array', [{}, 'text']],
    ['identities.0', 'expected object', [['text'], [null]]],
    ['session', 'expected object', ['text', 1, []]],
  ])('%s: %s', (path, message, values) => {
    for (const value of values) {
      expect(faultOf({ [path.replace(/\..*/, '')]: value })).toEqual({
        code: 'invalid_field',
        path,
        message: expect.stringContaining(`${path} is not valid: `),
      })
      expect(faultOf({ [path.replace(/\..*/, '')]: value })?.message).toContain(message)
    }
  })

  it.each<[path: string, object]>([
    ['session.started_at', { started_at: 'once' }],
    ['session.landing_url', { landing_url: 1 }],
    ['session.referrer_url', { referrer_url: 1 }],
    ['session.utm', { utm: 'ad' }],
    ['session.utm.source', { utm: { source: 1 } }],
    ['session.click_ids', { click_ids: 'X' }],
  ])('%s is not valid', (path, fields) => {
    const message = expect.stringContaining(`${path} is not valid: `)
    expect(faultOf({ session: { ...session, ...fields } })).toEqual({ code: 'invalid_field', path, message })
  })

  it('a click id is not text; its name, chosen by the sender, is not repeated', () => {
    const fault = faultOf({ session: { ...session, click_ids: { 'eve@example.com': 1 } } })
    expect(fault).toMatchObject({ code: 'invalid_field', path: 'session.click_ids' })
    expect(JSON.stringify(fault)).not.toContain('eve@')
  })

  it.each(['cookie', 'user_id', 'E-Mail', 'größe', '', x(65)])('%j is not a type of identity', (type) => {
    expect(faultOf({ identities: [{ type, value: 'v' }] })).toEqual({
      code: 'invalid_field',
      path: 'identities.0.type',
      message: 'identities.0.type is not valid: must be a–z, 0–9 and _, and not cookie or user_id.',
    })
  })

  it.each([
    '',
    'once',
    1_763_640_000_000,
    '1763640000000',
    '2026-11-20',
    '2026-11-20T12:00Z',
    '2026-11-20T12:00:00',
    '2026-11-20 12:00:00Z',
    '2026-11-20t12:00:00z',
    '2026-11-20T12:00:00+0100',
    '2026-11-20T12:00:00+24:00',
    '2026-11-20T12:00:60Z',
    '2026-11-20T24:00:00Z',
    '2026-02-29T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '+020260-11-20T12:00:00Z',
    '2026-11-20T12:00:00Z\n',
  ])('%j is not a time', (occurred_at) => {
    const message = expect.stringContaining('occurred_at is not valid: ')
    expect(faultOf({ occurred_at })).toEqual({ code: 'invalid_field', path: 'occurred_at', message })
  })

  it.each([1.5, '4999', 2 ** 53, -(2 ** 53), Number.POSITIVE_INFINITY])(
    '%j is not a revenue',
    (revenue_cents) => {
      expect(faultOf({ ...money, revenue_cents })).toEqual({
        code: 'invalid_field',
        path: 'revenue_cents',
        message: 'revenue_cents is not valid: must be a whole number of minor units, 4999 for 49.99.',
      })
    },
  )

  it.each(['ZZZ', 'XXX', 'EURO', '€'])(
    '%s is not a currency, and its fault says what to send',
    (currency) => {
      expect(faultOf({ ...money, currency })).toEqual({
        code: 'invalid_field',
        path: 'currency',
        message: `currency is not valid: "${currency}" is not a currency of ISO 4217; send its three letters, for example EUR.`,
      })
    },
  )

  it.each<[string, code: string, path: string, object, string]>([
    [
      'revenue without a currency',
      'currency_required',
      'revenue_cents',
      { revenue_cents: 0 },
      'send currency',
    ],
    ['a currency without revenue', 'revenue_required', 'currency', { currency: 'EUR' }, 'send revenue_cents'],
    [
      'no identity',
      'identity_required',
      'anonymous_id',
      { anonymous_id: undefined },
      'send anonymous_id, user_id or',
    ],
    [
      'an empty list of identities',
      'identity_required',
      'anonymous_id',
      { anonymous_id: undefined, identities: [] },
      'names no visitor',
    ],
    ['props of 11 levels', 'too_deep', 'props', { props: nested(11) }, 'nested at most 10 levels deep'],
    [
      'lists of 11 levels',
      'too_deep',
      'props',
      { props: { a: [[[[[[[[[[1]]]]]]]]]] } },
      'nested at most 10 levels deep',
    ],
    [
      'props of 100,000 levels',
      'too_deep',
      'props',
      { props: nested(100_000) },
      'nested at most 10 levels deep',
    ],
    [
      'a number that is not finite',
      'number_not_finite',
      'props',
      { props: { list: [{ 'eve@example.com': Infinity }] } },
      'too large for JSON',
    ],
    [
      'props of 32,769 bytes',
      'props_too_large',
      'props',
      { props: large(32_769) },
      'take 32769 bytes of JSON; 32768 are allowed.',
    ],
    [
      'props in characters of three bytes',
      'props_too_large',
      'props',
      { props: large(32_769, '€') },
      'take 32769 bytes',
    ],
    [
      'props in characters of four bytes',
      'props_too_large',
      'props',
      { props: large(32_769, '👩') },
      'take 32769 bytes',
    ],
  ])('%s', (_, code, path, fields, message) => {
    expect(faultOf(fields)).toEqual({ code, path, message: expect.stringContaining(message) })
    expect(faultOf(fields)?.message).not.toContain('eve@')
  })

  it('the first of several faults is reported', () => {
    expect(faultOf({ type: 'walk', currency: 'ZZZ' })?.path).toBe('type')
    expect(faultOf({ name: undefined, anonymous_id: undefined, currency: 'EUR' })?.path).toBe('name')
  })
})

describe('a client in another language', () => {
  it.each<[string, object, object]>([
    ['may send null for an absent field', { user_id: null, props: null, title: null, session: null }, good],
    ['may send a currency in lower case', { ...money, currency: 'eur' }, { ...good, ...money }],
    ['may send a number as an order number', { conversion_id: 1001 }, { ...good, conversion_id: '1001' }],
    [
      'may send spaces around an order number',
      { conversion_id: ' 1001' },
      { ...good, conversion_id: '1001' },
    ],
    ['may send a number as a user id', { user_id: 42 }, { ...good, user_id: '42' }],
  ])('%s', (_, fields, expected) => {
    expect(wireOf(fields)).toEqual(expected)
  })

  it.each(['type', 'idempotency_key', 'occurred_at'])(
    'a required field that is null is reported as missing: %s',
    (path) => {
      const message = `${path} is missing. Send it with every event.`
      expect(faultOf({ [path]: null })).toEqual({ code: 'field_required', path, message })
    },
  )

  it('a null name is reported as missing, except in an identify', () => {
    expect(faultOf({ name: null })).toMatchObject({ code: 'field_required', path: 'name' })
    expect(wireOf({ type: 'identify', name: null }).name).toBeUndefined()
  })

  it.each(['undefined', '{{order_id}}', '(not set)', 'null'])(
    'the placeholder %s is dropped as an order number, so that each order counts',
    (conversion_id) => {
      expect(wireOf({ conversion_id }).conversion_id).toBeUndefined()
    },
  )
})

it('every JSON value is an event or has a fault', () => {
  const fields = fc.record(
    Object.fromEntries(
      [...Object.keys(good), 'session', 'identities', 'touches', 'props', 'conversion_id'].map((name) => [
        name,
        fc.jsonValue(),
      ]),
    ),
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fields.map((odd) => ({ ...good, ...odd })),
      ),
      (raw) => {
        const parsed = parseEvent(raw)
        expect(isFault(parsed) ? parsed.message : parsed.wire.type).toBeTypeOf('string')
      },
    ),
  )
})

describe('invalid earlier touches are left out:', () => {
  const touch = { session_id: 's0', occurred_at: time }
  const kept = { ...touch, utm: {}, click_ids: {} }

  it.each<[string, unknown, object[] | undefined]>([
    ['a text', 'text', undefined],
    ['null', null, undefined],
    ['items that are not touches', [1, null, touch], [kept]],
    ['a touch without a session', [{ occurred_at: time }, touch], [kept]],
    ['a touch with a session id that is too long', [{ ...touch, session_id: x(129) }, touch], [kept]],
    ['a touch with a date instead of a time', [{ ...touch, occurred_at: '2026-11-20' }, touch], [kept]],
    ['more than 20 touches', Array(21).fill(touch), Array(20).fill(kept)],
  ])('%s', (_, touches, expected) => {
    expect(wireOf({ touches }).touches).toEqual(expected)
  })
})

describe('long texts', () => {
  type Cut = [
    path: string,
    max: number,
    (text: string) => object,
    (wire: ReturnType<typeof wireOf>) => unknown,
  ]
  const touch = { session_id: 's0', occurred_at: time }
  const cuts: Cut[] = [
    ['title', 512, (title) => ({ title }), ({ title }) => title],
    ['url', 16_384, (url) => ({ url }), ({ url }) => url],
    ['referrer_url', 16_384, (referrer_url) => ({ referrer_url }), (wire) => wire.referrer_url],
    [
      'landing',
      16_384,
      (landing_url) => ({ session: { ...session, landing_url } }),
      ({ session }) => session?.landing_url,
    ],
    [
      'referrer of a session',
      16_384,
      (referrer_url) => ({ session: { ...session, referrer_url } }),
      ({ session }) => session?.referrer_url,
    ],
    [
      'source',
      4096,
      (source) => ({ session: { ...session, utm: { source } } }),
      ({ session }) => session?.utm?.source,
    ],
    ['utm id', 4096, (id) => ({ session: { ...session, utm: { id } } }), ({ session }) => session?.utm?.id],
    [
      'address of a touch',
      16_384,
      (url) => ({ touches: [{ ...touch, url }] }),
      ({ touches }) => touches?.[0]?.url,
    ],
    [
      'referrer of a touch',
      16_384,
      (referrer_url) => ({ touches: [{ ...touch, referrer_url }] }),
      ({ touches }) => touches?.[0]?.referrer_url,
    ],
    [
      'source of a touch',
      4096,
      (source) => ({ touches: [{ ...touch, utm: { source } }] }),
      ({ touches }) => touches?.[0]?.utm?.source,
    ],
  ]

  it.each(cuts)('the %s is cut after %i characters', (_, max, fields, read) => {
    expect(read(wireOf(fields(x(max))))).toBe(x(max))
    expect(read(wireOf(fields(`${x(max)}y`)))).toBe(x(max))
  })

  it('a text that just fits is not cut, whatever it ends with', () => {
    const title = `${x(511)}\ufffd`
    expect(wireOf({ title }).title).toBe(title)
  })

  it.each(cuts)('the %s is cut before a character that would be split at %i', (_, max, fields, read) => {
    expect(read(wireOf(fields(`${x(max - 1)}👩`)))).toBe(x(max - 1))
    expect(read(wireOf(fields(`${x(max - 2)}👩y`)))).toBe(`${x(max - 2)}👩`)
  })
})

describe('click ids', () => {
  const read = (click_ids: object) => wireOf({ session: { ...session, click_ids } }).session?.click_ids

  it('are kept up to 64 and 512 characters, and left out beyond: a cut one identifies nothing', () => {
    const kept = { [x(64)]: x(512) }
    expect(read({ ...kept, [x(65)]: 'X', long: x(513), empty: '' })).toEqual(kept)
  })

  it('are limited to 50, counting only usable ones', () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`id${i}`, 'X']))
    const { id50: _, ...first } = many
    expect(read({ none: '', ...many })).toEqual(first)
  })

  it('of an earlier touch are kept or left out likewise', () => {
    const touch = {
      session_id: 's0',
      occurred_at: time,
      click_ids: { gclid: 'X', long: x(513), '': 'nameless' },
    }
    expect(wireOf({ touches: [touch] }).touches?.[0]?.click_ids).toEqual({ gclid: 'X' })
  })
})

describe('text that PostgreSQL cannot store', () => {
  it.each<[string, unknown, unknown]>([
    ['U+0000', 'a\0b\0', 'a\ufffdb\ufffd'],
    ['a lone first half of a pair', 'a\ud83d', 'a\ufffd'],
    ['a lone second half', '\udc69a', '\ufffda'],
    ['halves in the wrong order', '\udc69\ud83d', '\ufffd\ufffd'],
    ['a list', ['\0', ['\0']], ['\ufffd', ['\ufffd']]],
    ['an object and its keys', { '\0': { a: '\0' } }, { '\ufffd': { a: '\ufffd' } }],
  ])('is repaired in %s', (_, value, repaired) => {
    expect(repairText(value)).toEqual(repaired)
  })

  it.each([['👩'], ['ü\n\t"'], [''], [0], [null], [true], [undefined], [{ a: [1, { b: null }] }]])(
    'is not in %j, which is returned unchanged',
    (value) => {
      expect(repairText(value)).toEqual(value)
    },
  )

  it('is repaired beside a value that is nested too deeply, without a stack overflow', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    expect((repairText({ text: 'a\0', deep }) as { text: string }).text).toBe('a\ufffd')
  })

  it('is repaired under a key of any name', () => {
    const repaired = repairText(JSON.parse('{"__proto__":{"polluted":"\\u0000"}}'))
    expect(JSON.stringify(repaired)).toBe('{"__proto__":{"polluted":"\ufffd"}}')
    expect(repaired).not.toHaveProperty('polluted')
  })

  it.each<[string, boolean]>([
    ['"\\u0000"', true],
    ['"\\ud800"', true],
    ['"\\uDBFF"', true],
    ['"\\uDc00"', true],
    ['"\\udfff"', true],
    ['"\\ud83d\\udc69"', true], // a whole pair is checked, and left unchanged
    ['"\\u0001"', false],
    ['"\\ud7ff"', false],
    ['"\\ue000"', false],
    ['"👩 u0000"', false],
  ])('may be in the JSON %s: %s', (json, expected) => {
    expect(needsRepair(json)).toBe(expected)
  })

  it('is not in JSON that needs no repair', () => {
    for (let unit = 0; unit <= 0xffff; unit++) {
      const text = String.fromCharCode(unit)
      if (repairText(text) !== text) expect(needsRepair(JSON.stringify(text))).toBe(true)
    }
  })
})
