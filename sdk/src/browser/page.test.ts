// @vitest-environment happy-dom
/** States what a page says about itself and its browser. */
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

/** The browser remembers that the page was loaded from there. */
const loadedFrom = (name: string) =>
  vi
    .spyOn(performance, 'getEntriesByType')
    .mockImplementation((type) => (type === 'navigation' ? [{ name } as PerformanceNavigationTiming] : []))
const referTo = (referrer: string) =>
  Object.defineProperty(document, 'referrer', { value: referrer, configurable: true })

describe('the place', () => {
  test('is the address, the title, the referrer, and the address that the page was opened by', () => {
    loadedFrom('https://shop.example/?utm_source=mail')
    referTo('https://mail.example/')
    expect(placeOfPage()).toEqual({
      url: 'https://shop.example/cart',
      title: 'Cart',
      referrer: 'https://mail.example/',
      landing: 'https://shop.example/?utm_source=mail',
    })
  })

  test('has no referrer where there is none', () => {
    referTo('')
    expect(placeOfPage().referrer).toBeUndefined()
  })

  test.each<[string, () => void]>([
    ['remembers no navigation', () => vi.spyOn(performance, 'getEntriesByType').mockReturnValue([])],
    ['cannot be asked', () => vi.stubGlobal('performance', { now: () => 0 })],
  ])('was opened by the present address where the browser %s', (_, prepare) => {
    prepare()
    expect(placeOfPage().landing).toBe('https://shop.example/cart')
  })
})

describe('the cookies of ad platforms', () => {
  test('are told by name, and no others', () => {
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

  test('are none where there are none, and in a sandboxed frame', () => {
    giveCookies().set('theme=dark')
    expect(adCookiesOfPage()).toEqual({})
    forbidCookies()
    expect(adCookiesOfPage()).toEqual({})
  })
})
