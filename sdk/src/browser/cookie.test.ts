// @vitest-environment happy-dom
/** States which domain the id cookie has, how long it lasts, and which pages see it. */
import { type FakeCookies, forbidCookies, giveCookies, goTo } from '@headwater/testkit/fake-cookies'
import { beforeEach, describe, expect, test } from 'vitest'
import { cookieText, createIdCookie } from './cookie.ts'

let jar: FakeCookies
beforeEach(() => {
  goTo('https://www.shop.example/')
  jar = giveCookies()
})

describe('the cookie’s domain', () => {
  test.each([
    ['https://shop.example/', 'shop.example'],
    ['https://www.shop.example/', 'shop.example'],
    ['https://a.b.c.shop.example/', 'shop.example'],
    ['https://www.shop.co.uk/', 'shop.co.uk'],
    ['https://shop.github.io/', 'shop.github.io'],
    ['http://localhost:8787/', ''],
    ['http://127.0.0.1:8787/', '127.0.0.1'],
  ])('at %s is %j, the widest that the browser accepts', (url, expected) => {
    goTo(url)
    expect(createIdCookie().domain()).toBe(expected)
  })

  test('is found without leaving a cookie behind', () => {
    createIdCookie().domain()
    expect(jar.all()).toEqual([])
  })

  test('is determined once', () => {
    const cookie = createIdCookie()
    let writes = 0
    Object.defineProperty(document, 'cookie', {
      get: jar.text,
      set(text) {
        writes++
        jar.set(text)
      },
      configurable: true,
    })
    cookie.write('1.a.s.1.2')
    const first = writes
    cookie.write('1.a.s.1.3')
    expect(writes).toBe(first + 1)
  })
})

describe('the cookie', () => {
  test('can be read here and on all subdomains of the site', () => {
    createIdCookie().write('1.a.s.1.2')
    expect(jar.all()).toEqual(['hw_id=1.a.s.1.2 on .shop.example'])
    goTo('https://blog.shop.example/')
    expect(createIdCookie().read()).toBe('1.a.s.1.2')
    goTo('https://other.example/')
    expect(createIdCookie().read()).toBeUndefined()
  })

  test('lasts 400 days, for all paths, and is sent when a link from another site is followed', () => {
    createIdCookie().write('1.a.s.1.2')
    expect(jar.find('hw_id')?.attributes).toBe(
      'Path=/; Max-Age=34560000; SameSite=Lax; Domain=shop.example; Secure',
    )
  })

  test('is secure only on a secure page', () => {
    goTo('http://www.shop.example/')
    createIdCookie().write('1.a.s.1.2')
    expect(jar.find('hw_id')?.attributes).not.toContain('Secure')
  })

  test('is deleted when it is written without a text', () => {
    const cookie = createIdCookie()
    cookie.write('1.a.s.1.2')
    cookie.write()
    expect(jar.all()).toEqual([])
    expect(cookie.read()).toBeUndefined()
  })

  test('belongs to the host where there is no wider domain', () => {
    goTo('http://localhost:8787/')
    createIdCookie().write('1.a.s.1.2')
    expect(jar.all()).toEqual(['hw_id=1.a.s.1.2 on localhost'])
  })
})

test('reading writes nothing', () => {
  expect(createIdCookie().read()).toBeUndefined()
  expect(jar.all()).toEqual([])
})

test('cookies with a longer name are ignored', () => {
  jar.set('hw_id2=x')
  jar.set('my_hw_id=y')
  expect(createIdCookie().read()).toBeUndefined()
  expect(cookieText()).toBe('hw_id2=x; my_hw_id=y')
})

describe('the cookie that the stub has set on this host', () => {
  beforeEach(() => jar.set('hw_id=1.stub.s.1.2; Path=/; Max-Age=100'))

  test('is read', () => {
    expect(createIdCookie().read()).toBe('1.stub.s.1.2')
  })

  test('is replaced by the one that is written for all subdomains', () => {
    const cookie = createIdCookie()
    cookie.write('1.stub.s.1.3')
    expect(jar.all()).toEqual(['hw_id=1.stub.s.1.3 on .shop.example'])
  })

  test('is deleted with it', () => {
    createIdCookie().write()
    expect(jar.all()).toEqual([])
  })
})

test('in a sandboxed frame nothing is read or written, and nothing throws', () => {
  forbidCookies()
  const cookie = createIdCookie()
  expect(() => cookie.write('1.a.s.1.2')).not.toThrow()
  expect([cookie.read(), cookie.domain(), cookieText()]).toEqual([undefined, '', ''])
})

test('where cookies are silently refused nothing is read, and nothing throws', () => {
  Object.defineProperty(document, 'cookie', { get: () => '', set() {}, configurable: true })
  const cookie = createIdCookie()
  cookie.write('1.a.s.1.2')
  expect([cookie.read(), cookie.domain()]).toEqual([undefined, ''])
})
