/** Makes random events, and matchers that hold for some of them. */
import {
  type Condition,
  fieldName,
  type MatchedEvent,
  type Matcher,
} from '@headwater/attribution/matcher/matcher'
import type { Json } from '@headwater/contract'
import fc from 'fast-check'

/** Texts that case, quoting, patterns or encodings may get wrong. */
export const trickyTexts = [
  ...['', ' ', '\n', '\t', '\x7f', '"', "'", '\\', "\\'", '\u2028', '\ufffd', '\uffff', '\u{10ffff}'],
  ...'% _ 100% a_b $1 {} [] -- null true FALSE 0 42 42.0 -0 1e308 a A purchase Purchase'.split(' '),
  ...'straße STRASSE STRAẞE İstanbul ISTANBUL ıstanbul istanbul ΟΔΟΣ οδος οδοσ ПРИВЕТ привет'.split(' '),
  ...'Über über U\u0308ber é É e\u0301 \u212a k ſ ŉ ﬁ ǅ ǆ ა Ა 日本 🚀 👩‍👩‍👧 𐐀 𐐨'.split(' '),
]

/** Numbers at the borders of what a double holds, and those whose decimals are not exact. */
export const trickyNumbers = [
  0, -0, 1, -1, 42, 4990, 0.1, 0.30000000000000004, 1e-7, 5e-324, 1e21, 9007199254740991, 9007199254740992,
  1e308, -1e308,
]

const keys = ['', ...'a A b a.b 0 -1 \\ " \' $1 ü 🚀 __proto__ constructor'.split(' ')]
const urls = [
  'https://shop.example/De/Cart?step=2',
  'https://shop.example',
  'https://shop.example/',
  'https://shop.example?a=/b',
  'https://ÜBER.example:8080//x//y',
  'myapp://cart/1',
  '//shop.example/a',
  'about:blank',
  'a\n//b\nc',
  '/',
  '',
]

const isStorable = (text: string) => !text.includes('\0')
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...trickyTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).filter(isStorable) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...trickyTexts), fc.constantFrom(...trickyTexts))
      .map(([a, b]) => a + b),
  },
)
const number = fc.oneof(
  fc.constantFrom(...trickyNumbers),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const key = fc.constantFrom(...keys)

const json = fc.letrec<{ json: Json; scalar: Json }>((tie) => ({
  scalar: fc.oneof(text, number, fc.boolean(), fc.constant(null)),
  json: fc.oneof(
    { maxDepth: 3 },
    tie('scalar'),
    fc.array(tie('json'), { maxLength: 3 }),
    // Keys from entries, so that `__proto__` is one like any other.
    fc.array(fc.tuple(key, tie('json')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
})).json
const props = fc.array(fc.tuple(key, json), { maxLength: 12 }).map((entries) => Object.fromEntries(entries))

/** Any event as stored; many hold the same few keys and values, so that matchers find some. */
export const randomEvent: fc.Arbitrary<MatchedEvent> = fc.record({
  type: fc.constantFrom('page', 'track'),
  name: text,
  url: fc.option(fc.oneof(fc.constantFrom(...urls), text)),
  title: fc.option(text),
  revenue_cents: fc.option(fc.oneof(fc.constantFrom(0, 1, 42, -1, 4990), fc.maxSafeInteger())),
  currency: fc.option(fc.constantFrom('EUR', 'USD')),
  props: fc.option(props),
})

const path = fc.oneof(
  { weight: 4, arbitrary: key.map((one) => [one]) },
  { weight: 1, arbitrary: fc.array(key, { maxLength: 3 }) },
)
const textField = fc.constantFrom('type', 'name', 'url', 'url_host', 'url_path', 'title', 'currency')
const jsonField = path.map((parts) => fieldName('props', ...parts))
const numberField = fc.constant('revenue_cents')
const scalar = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(...urls, 'shop.example', '/de/cart', 'eur'),
)

/** Its caller names operators that take such values. */
const conditionOn = (field: fc.Arbitrary<string>, ops: Condition['op'][], value?: fc.Arbitrary<unknown>) =>
  fc.record({ field, op: fc.constantFrom(...ops), ...(value && { value }) }) as fc.Arbitrary<Condition>

const anyField = fc.oneof(textField, jsonField, jsonField, numberField)
const condition = fc.oneof(
  conditionOn(anyField, ['is', 'is_not'], scalar),
  conditionOn(anyField, ['in', 'not_in'], fc.array(scalar, { minLength: 1, maxLength: 12 })),
  conditionOn(fc.oneof(textField, jsonField), ['contains', 'starts_with', 'ends_with'], text),
  conditionOn(fc.oneof(numberField, jsonField), ['gt', 'gte', 'lt', 'lte'], number),
  conditionOn(anyField, ['exists', 'not_exists']),
)

/** Any matcher that `checkMatcher` passes. */
export const randomMatcher: fc.Arbitrary<Matcher> = fc.letrec<{ matcher: Matcher }>((tie) => ({
  matcher: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: condition },
    { weight: 1, arbitrary: fc.record({ all: fc.array(tie('matcher'), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ any: fc.array(tie('matcher'), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ not: tie('matcher') }) },
  ),
})).matcher
