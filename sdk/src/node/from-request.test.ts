/** States whom a request names, in every shape that frameworks have, and when it is hostile. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { fromRequest, type RequestLike, visitorIn } from './from-request.ts'

const now = Date.UTC(2026, 10, 20, 12)
const minute = 60_000
const startedAt = now - 20 * minute
const seenAt = now - 2 * minute
const anonymousId = '01990000-0000-7000-8000-000000000001'
const sessionId = '01990000-0000-7000-8000-000000000002'
const record = `1.${anonymousId}.${sessionId}.${startedAt}.${seenAt}`
const whole = { anonymousId, sessionId, sessionStartedAt: startedAt }

function incoming(headers: Record<string, string>): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { headers })
}

const cookie = `theme=dark; hw_id=${record}; other=1`

describe('the cookie is read from', () => {
  const headers = new Headers({ cookie })
  test.each<[string, RequestLike]>([
    ['an IncomingMessage, as in Node, Express and Koa', incoming({ cookie })],
    ['a Fetch Request', new Request('https://shop.example/', { headers })],
    ['Headers, as in Next.js', headers],
    ['a request with `raw`, as Fastify’s', { raw: incoming({ cookie }), headers: { cookie } }],
    ['headers in capitals, as in AWS Lambda', { headers: { Cookie: cookie } }],
    ['a list of cookies, as in AWS Lambda', { headers: {}, cookies: cookie.split('; ') } as RequestLike],
    ['a list of headers', { headers: { cookie: ['theme=dark', `hw_id=${record}`] } }],
    ['Express with a cookie parser', Object.assign(incoming({ cookie }), { cookies: { hw_id: record } })],
  ])('%s', (_, request) => {
    expect(visitorIn(request, now)).toEqual(whole)
  })

  test('Hono’s context and its request', async () => {
    const found: unknown[] = []
    const app = new Hono().get('/', (c) => {
      found.push(visitorIn(c, now), visitorIn(c.req, now), fromRequest(c).anonymousId)
      return c.text('')
    })
    await app.request('/', { headers: { cookie } })
    expect(found).toEqual([whole, whole, anonymousId])
  })
})

describe('the header headwater-visitor', () => {
  const byHeader = (text: string) => visitorIn({ headers: { 'headwater-visitor': text, cookie } }, now)

  test('wins over the cookie', () => {
    expect(byHeader('a1,s1')).toEqual({ anonymousId: 'a1', sessionId: 's1' })
  })

  test.each([
    ['without a session', 'a1', { anonymousId: 'a1' }],
    ['of a page whose session is not known yet', 'a1,', { anonymousId: 'a1' }],
    ['with a placeholder for the session', 'a1,undefined', { anonymousId: 'a1' }],
    ['of a page without a visitor', ',', whole],
    ['empty', '', whole],
    ['with a placeholder', 'undefined,undefined', whole],
    ['too long', 'a'.repeat(129), whole],
    ['with other characters', 'a1,s1\u0000', whole],
    ['with three parts', 'a1,s1,x', whole],
  ])('%s', (_, text, visitor) => {
    expect(byHeader(text)).toEqual(visitor)
  })
})

describe('the session of a cookie', () => {
  const at = (started: number | string, seen: number | string) =>
    visitorIn({ headers: { cookie: `hw_id=1.${anonymousId}.${sessionId}.${started}.${seen}` } }, now)

  test.each([
    ['30 minutes silent, is open', now - 60 * minute, now - 30 * minute, true],
    ['silent for longer, is over', now - 60 * minute, now - 30 * minute - 1, false],
    ['older than 24 hours, is over', now - 1_441 * minute, now - minute, false],
    ['of a clock that is a little ahead, is open', now + 5_000, now + 5_000, true],
    ['of a clock that is far ahead, is left out', now + 2 * minute, now + 2 * minute, false],
    ['seen in the far future, is left out', now - minute, '9'.repeat(40), false],
    ['that began in the far future, is left out', '9'.repeat(40), now - minute, false],
    ['without a start, is left out', '', now - minute, false],
    ['that began at 0, is left out', 0, now - minute, false],
  ])('%s', (_, started, seen, isOpen) => {
    const visitor = at(started, seen)
    expect(visitor.anonymousId).toBe(anonymousId)
    expect(visitor.sessionId).toBe(isOpen ? sessionId : undefined)
  })

  test('after a logout there is none', () => {
    expect(visitorIn({ headers: { cookie: `hw_id=1.${anonymousId}...${seenAt}` } }, now)).toEqual({
      anonymousId,
    })
  })
})

describe('a hostile or broken cookie names no one:', () => {
  test.each([
    ['', 'nothing'],
    ['hw_id=', 'empty'],
    ['hw_id=1', 'cut short'],
    [`hw_id=2.${anonymousId}.${sessionId}.${startedAt}.${seenAt}`, 'another version'],
    [`hw_id=${record}.5`, 'a part too many'],
    [`hw_id=1.undefined...${seenAt}`, 'a placeholder'],
    [`hw_id=1.${'a'.repeat(129)}...${seenAt}`, 'an id that is too long'],
    [`hw_id=1.<script>...${seenAt}`, 'markup'],
    [`hw_id=1.a%00b...${seenAt}`, 'an escape'],
    [`hw_id=1.a1...-5`, 'a negative time'],
    [`xhw_id=${record}`, 'another name'],
    [`hw_id=1.${'a.'.repeat(50_000)}`, 'a long one'],
    [`${';'.repeat(100_000)}`, 'many separators'],
    [`${'hw_id=1.;'.repeat(20_000)}`, 'many of them'],
  ])('%# %s', (text) => {
    const startedAt = performance.now()
    expect(visitorIn({ headers: { cookie: text } }, now)).toEqual({})
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })

  test('but the next one of the same name counts', () => {
    expect(visitorIn({ headers: { cookie: `hw_id=bad; hw_id=${record}` } }, now)).toEqual(whole)
  })
})

const unreadable = {
  get headers() {
    throw new Error('no')
  },
}

test('what is no request names no one', () => {
  const nothings = [undefined, null, 7, 'request', {}, { headers: null }, { headers: { cookie: 7 } }]
  for (const request of [...nothings, { headers: { get: () => 7 } }, unreadable])
    expect(visitorIn(request, now)).toEqual({})
})
