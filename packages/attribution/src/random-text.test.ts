/** States which text counts as randomly generated. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRandom } from './random-text.ts'

describe('random text', () => {
  test.each([
    ['a hash', '8f14e45fceea167a5a36dedd4bea2543'],
    ['a hash in capitals', 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709'],
    ['a hash without many changes', '11111111111111111111111111111aaa'],
    ['20 hex digits', '9b74c9897bac770ffc02'],
    ['a token of Devise', 'zCkjXNsJ9Ub4Rzq2vTsy'],
    ['a token of Laravel', 'sVxW3qJm8KfTn0ZbYcR5uLh2eGa7PdQ1oXi6wBt4'],
    ['16 bytes in base64url', 'pL3kVfX8S-uYtQ0mJz_4wA'],
    ['32 bytes in base64url', 'tM8xV1cQ-3pLkZr_Wd0yHfJ7uNbE5sGaXo2iTqRvK9w'],
    ['a nanoid', 'V1StGXR8_Z5jdHi6B-myT'],
    ['base 36', 'k3x9qmt7vrb2lpwz8hd4ncy6'],
    ['base 32', 'mzxw6ytboi4dqnbzgm3tqojr'],
    ['only letters', 'qzvkxtjwrbplmhgfdzcq'],
    ['a session of ASP.NET', '(S(lit3py55t21z5v55vlm25s55))'],
    ['a slug followed by a token', 'reset-9b74c9897bac770ffc029102a200c5de'],
    ['a UUID without hyphens', '3f2504e04f8911d39a0c0305e82c3301'],
    ['a document of Google', '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms'],
  ])('is %s: %s', (_, text) => {
    expect(isRandom(text)).toBe(true)
  })

  test.each([
    ['a slug', 'how-to-choose-the-right-attribution-model-in-2026'],
    ['a slug with sizes', 'iPhone-15-Pro-Max-256GB-Black'],
    ['a title in one word', 'MyVeryLongProductNameWithManyWords'],
    ['a product in one word', 'samsunggalaxys24ultra256gb'],
    ['a long compound', 'donaudampfschifffahrtsgesellschaft-2026'],
    ['another', 'krankenversicherungsbeitragsentlastungsgesetz'],
    ['a name in Pinyin', 'dongfangmingzhuguangbodianshita'],
    ['a title of a wiki', 'Category:Articles_with_unsourced_statements_from_May_2026'],
    ['a television', 'LG-OLED55C3PUA-55-Inch-Class-OLED-evo-C3'],
    ['headphones', 'WH-1000XM5-vs-WH-1000XM4-vs-QC45'],
    ['a network card', 'IEEE802.11ax-WiFi6E-AX210NGW'],
    ['an article number', 'ABC-12345-XL-RED-2026'],
    ['a bank account', 'DE89370400440532013000'],
    ['a date', '2026-11-20T10-00-00Z'],
    ['a long number', '20261120123456789012'],
    ['a file', 'DSC00012345678901234.jpeg'],
    ['a UUID', '0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b'],
    ['a UUID after a word', 'order_0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b'],
    ['a UUID in braces', '{3F2504E0-4F89-11D3-9A0C-0305E82C3301}'],
    ['a ULID', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ['an id of MongoDB', '507f1f77bcf86cd799439011'],
    ['an escaped word in Chinese', '%E5%95%86%E5%93%81%E9%9D%B4%E5%AD%90'],
    ['an ASIN', 'B08N5WRWNW'],
    ['a video', 'dQw4w9WgXcQ'],
    ['an ISBN', '978-3-16-148410-0'],
    ['a parcel', '1Z999AA10123456784'],
    ['an id of Stripe', 'prod_NffrFeUfNV2Hib'],
    ['nothing', ''],
  ])('is not %s: %s', (_, text) => {
    expect(isRandom(text)).toBe(false)
  })

  const alphabets = {
    hex: '0123456789abcdef',
    base36: '0123456789abcdefghijklmnopqrstuvwxyz',
    base62: '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
    base64url: '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_',
  }
  test.each(Object.entries(alphabets))('is found in 97 of 100 tokens of 32 characters: %s', (_, alphabet) => {
    const token = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 32, maxLength: 32 })
    const tokens = fc.sample(token, { numRuns: 2000, seed: 1 })
    expect(tokens.filter(isRandom).length).toBeGreaterThan(1940)
  })
})
