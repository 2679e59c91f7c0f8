// @vitest-environment happy-dom
/** States what an event can know about its page. */
import { forbidCookies, giveCookies, goTo } from '@headwater/testkit/fake-cookies'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { adCookiesOfPage, placeOfPage } from './page.ts'

beforeEach(() => {
  goTo('https://shop.example/cart')
  document.title = 'Cart'
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** The browser remembers that the page was loaded from this address. */
const loadedFrom = (name: string) =>
  vi
    .spyOn(performance, 'getEntriesByType')
    .mockImplementation((type) => (type === 'navigation' ? [{ name } as PerformanceNavigationTiming] : []))
const referTo = (referrer: string) =>
  Object.defineProperty(document, 'referrer', { value: referrer, configurable: true })

describe('the place', () => {
  test('is the address, the title, the referrer, and the address at which the page was opened', () => {
    loadedFrom('https://shop.example/?utm_source=mail')
    referTo('https://mail.example/')
    expect(placeOfPage()).toEqual({
      url: 'https://shop.example/cart',
      title: 'Cart',
      referrer: 'https://mail.example/',
      landing: 'https://shop.example/?utm_source=mail',
    })
  })

  test('has no referrer when the browser gives none', () => {
    referTo('')
    expect(placeOfPage().referrer).toBeUndefined()
  })

  test.each<[string, () => void]>([
    ['remembers no navigation', () => vi.spyOn(performance, 'getEntriesByType').mockReturnValue([])],
    ['has no entries of performance', () => vi.stubGlobal('performance', { now: () => 0 })],
    ['has no performance at all', () => vi.stubGlobal('performance', undefined)],
  ])('was opened at the present address when the browser %s', (_, prepare) => {
    prepare()
    expect(placeOfPage().landing).toBe('https://shop.example/cart')
  })
})

describe('a form or an image that hides a text of the document', () => {
  /** As with `<img name="title">`: the document returns the element instead of its own text. */
  const hide = (name: 'title' | 'referrer' | 'cookie') => {
    const own = Object.getOwnPropertyDescriptor(document, name)
    Object.defineProperty(document, name, { value: document.createElement('img'), configurable: true })
    return () => {
      if (own) Object.defineProperty(document, name, own)
      else Reflect.deleteProperty(document, name)
    }
  }

  test('does not hide the title or the referrer from us', () => {
    Reflect.deleteProperty(document, 'referrer')
    const undo = [hide('title'), hide('referrer')]
    expect(placeOfPage()).toMatchObject({ title: 'Cart', referrer: undefined })
    for (const show of undo) show()
  })

  test('at most hides the cookies from us', () => {
    const show = hide('cookie')
    expect(adCookiesOfPage()).toEqual({})
    show()
  })
})

describe('the cookies of ad platforms', () => {
  test('are found by name, and no other cookies are read', () => {
    const jar = giveCookies()
    for (const pair of [
      'theme=dark',
      '_fbp=fb.1.2.3',
      '_fbc=fb.1.2.x=y',
      '_gcl_au=1.1',
      '_gcl_aw=GCL.1',
      'li_fat_id=u',
    ]) {
      jar.set(pair)
    }
    jar.set('my_fbp=no')
    jar.set('_fbx=no')
    jar.set('_ga=no')
    expect(Object.keys(adCookiesOfPage())).toEqual(['_fbp', '_fbc', '_gcl_au', '_gcl_aw', 'li_fat_id'])
    expect(adCookiesOfPage()).toMatchObject({ _fbp: 'fb.1.2.3', _fbc: 'fb.1.2.x=y' })
  })

  test('are an empty list without such cookies, and in a sandboxed frame', () => {
    giveCookies().set('theme=dark')
    expect(adCookiesOfPage()).toEqual({})
    forbidCookies()
    expect(adCookiesOfPage()).toEqual({})
  })
})
