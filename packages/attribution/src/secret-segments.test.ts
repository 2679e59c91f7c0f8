/** States which parts of a path are stored, and which become placeholders. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutSecretSegments } from './secret-segments.ts'

const jwt =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'

describe('a path', () => {
  test.each([
    '',
    '/',
    '/products/blue-suede-shoes',
    '/2026/11/20/the-title-of-a-post-in-2026',
    '/p/B08N5WRWNW/ref=sr_1_1',
    '/orders/0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b/items/12345',
    '/products/507f1f77bcf86cd799439011',
    '/watch/dQw4w9WgXcQ',
    '/@user/post',
    '/maps/@51.5,-0.12,15z',
    '/npm/react@18.2.0/umd/react.production.min.js',
    '/%E5%95%86%E5%93%81/%E9%9D%B4',
    '/cars;color=red;doors=5/a',
    '/a//b/',
    '/presets/ABC123X9',
    '/authors/JK9Rowling2',
    '/sessions/KEY-123-AB',
  ])('%j is stored unchanged', (path) => {
    expect(withoutSecretSegments(path)).toBe(path)
  })

  test.each([
    ['/unsubscribe/name@example.com', '/unsubscribe/(email)'],
    ['/unsubscribe/name%40example.com/now', '/unsubscribe/(email)/now'],
    ['/unsubscribe/name%2540example.com', '/unsubscribe/(email)'],
    ['/u/bob@m%C3%BCller.de', '/u/(email)'],
    ['/u/bob%40%E4%BE%8B%E3%81%88.%E3%83%86%E3%82%B9%E3%83%88', '/u/(email)'],
    ['/list/a@b.example,c@d.example', '/list/(email)'],
    ['/p;to=name@example.com/x', '/p/x'],
  ])('%j loses its e-mail addresses: %j', (path, stored) => {
    expect(withoutSecretSegments(path)).toBe(stored)
  })

  test.each([
    [`/verify/${jwt}`, '/verify/(secret)'],
    [`/a/${jwt}/b`, '/a/(secret)/b'],
    ['/s/eyJ1c2VyIjo0MiwiZXhwIjoxNzAwMDAwMDAwfQ', '/s/(secret)'],
    ['/i/8f14e45fceea167a5a36dedd4bea2543', '/i/(secret)'],
    ['/t/V1StGXR8_Z5jdHi6B-myT/open', '/t/(secret)/open'],
    ['/t/pL3kVfX8S%2BuYtQ0mJz%2F4wA%3D%3D', '/t/(secret)'],
    ['/(S(lit3py55t21z5v55vlm25s55))/page.aspx', '/(secret)/page.aspx'],
    ['/reset/MQ/bs1xyz-0123456789abcdef0123456789abcdef/', '/reset/MQ/(secret)/'],
    ['/go/token=abc/', '/go/(secret)/'],
    ['/go/reset%3Ftoken%3Dabc', '/go/(secret)'],
    ['/a\\t\\8f14e45fceea167a5a36dedd4bea2543', '/a\\t\\(secret)'],
  ])('%j loses its secrets: %j', (path, stored) => {
    expect(withoutSecretSegments(path)).toBe(stored)
  })

  test.each([
    ['/cart.do;jsessionid=1A2B3C4D', '/cart.do'],
    ['/cart.do;JSESSIONID=1A2B3C4D;color=red/x', '/cart.do;color=red/x'],
    ['/cart;sid=1;PHPSESSID=2', '/cart'],
    ['/cart;v=8f14e45fceea167a5a36dedd4bea2543', '/cart'],
  ])('%j loses its secret parameters: %j', (path, stored) => {
    expect(withoutSecretSegments(path)).toBe(stored)
  })
})

describe('after a word that announces a secret', () => {
  test.each([
    '/invite/aB3dE9xZ',
    '/invitation/XK4J9P',
    '/join/k3x9qmt7',
    '/magic-link/k3x9qmt7',
    '/verify-email/Zk3x9QmT',
    '/email_verification/Zk3x9QmT',
    '/resetPassword/Zk3x9QmT',
    '/auth/reset/Zk3x9QmT',
    '/reset-password/3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    '/activate/507f1f77bcf86cd799439011',
    '/Unsubscribe/AB12-CD34-EF56',
    '/invite/team-rocket/aB3dE9xZ',
  ])('a code is a secret: %j', (path) => {
    expect(withoutSecretSegments(path)).toBe(path.replace(/[^/]+$/, '(secret)'))
  })

  test.each([
    '/invite/friends',
    '/invite/summer2026',
    '/reset-password/sent',
    '/verify/step-2',
    '/login/oauth2/code/google',
    '/login/en_US/Welcome',
    '/login/%E4%BD%A0%E5%A5%BD',
    '/order-confirmation/10045678',
    '/confirm/order-10045678',
    '/confirm/2026-11-20',
    '/unsubscribe/newsletter-weekly',
    '/join/us',
  ])('words and numbers are no secret: %j', (path) => {
    expect(withoutSecretSegments(path)).toBe(path)
  })
})

test('nothing throws, and a second time changes nothing', () => {
  const part = fc.constantFrom(
    '/',
    'invite',
    'a@b.cd',
    '%40',
    ';sid=1',
    'aB3dE9xZ',
    jwt,
    '-',
    '2026',
    'ü',
    '%',
    '\\',
    '(',
  )
  const path = fc.oneof(fc.string({ unit: part, maxLength: 20 }), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(path, (text) => {
      const stored = withoutSecretSegments(`/${text}`)
      expect(withoutSecretSegments(stored)).toBe(stored)
    }),
  )
})

test('a hostile path takes time proportional to its length', () => {
  const started = performance.now()
  for (const part of [
    'a1',
    'aA',
    '/invite',
    '/a1',
    '%',
    '%40',
    'a@',
    '@b.',
    ';a=',
    'eyJ',
    '-',
    'A',
    'bob@b.example/',
    '/%',
    '%c3/',
  ]) {
    withoutSecretSegments(`/${part.repeat(16_000 / part.length)}`)
  }
  expect(performance.now() - started).toBeLessThan(1_000) // some 100 ms; a quadratic one takes seconds
})
