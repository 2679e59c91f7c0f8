// @vitest-environment happy-dom
/** States where sync storage keeps its texts on a device, and what happens where the device keeps none. */
import { giveCookies, goTo } from '@headwater/testkit/fake-cookies'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createIdCookie } from './cookie.ts'
import { createDeviceSyncStorage } from './sync-storage.ts'

const name = 'headwater/t.example.com/abcd1234'

beforeEach(() => {
  localStorage.clear()
  goTo('https://www.shop.example/')
})
afterEach(() => void vi.unstubAllGlobals())

test('texts are in localStorage under the name of the storage', () => {
  createDeviceSyncStorage(name, undefined).write('pace', '{}')
  expect(localStorage.getItem(`${name}/pace`)).toBe('{}')
})

test('a page that comes later reads them, and finds them by name', () => {
  createDeviceSyncStorage(name, undefined).write('left/p1', '{}')
  const later = createDeviceSyncStorage(name, undefined)
  expect(later.read('left/p1')).toBe('{}')
  expect(later.names()).toEqual(['left/p1'])
  later.write('left/p1')
  expect(localStorage).toHaveLength(0)
})

test('two websites on one origin never mix, nor do they mix with what others store there', () => {
  localStorage.setItem('theme', 'dark')
  createDeviceSyncStorage(`${name}5`, undefined).write('pace', '{}')
  const syncStorage = createDeviceSyncStorage(name, undefined)
  expect(syncStorage.names()).toEqual([])
  expect([syncStorage.read('theme'), syncStorage.read('pace'), syncStorage.read('length')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

describe('the id record', () => {
  test('is in the cookie where one is used, and nowhere else', () => {
    const jar = giveCookies()
    const syncStorage = createDeviceSyncStorage(name, createIdCookie())
    syncStorage.write('id', '1.a.s.1.2')
    syncStorage.write('pace', '{}')
    expect(jar.all()).toEqual(['hw_id=1.a.s.1.2 on .shop.example'])
    expect(Object.keys(localStorage)).toEqual([`${name}/pace`])
    expect(syncStorage.read('id')).toBe('1.a.s.1.2')
    expect(syncStorage.names()).toEqual(['id', 'pace'])
    for (const each of syncStorage.names()) syncStorage.write(each)
    expect([jar.all(), localStorage.length]).toEqual([[], 0])
  })

  test('is in localStorage where no cookie is used', () => {
    const jar = giveCookies()
    const syncStorage = createDeviceSyncStorage(name, undefined)
    syncStorage.write('id', '1.a.s.1.2')
    expect(jar.all()).toEqual([])
    expect(localStorage.getItem(`${name}/id`)).toBe('1.a.s.1.2')
    expect(syncStorage.names()).toEqual(['id'])
  })

  test('is not listed when there is none', () => {
    giveCookies()
    expect(createDeviceSyncStorage(name, createIdCookie()).names()).toEqual([])
  })
})

describe('where localStorage', () => {
  test.each<[string, () => void]>([
    [
      'is forbidden',
      () =>
        vi.stubGlobal('localStorage', undefined) &&
        Object.defineProperty(globalThis, 'localStorage', {
          get() {
            throw new DOMException('no', 'SecurityError')
          },
          configurable: true,
        }),
    ],
    ['is null, as in the web view of an app', () => vi.stubGlobal('localStorage', null)],
    [
      'is full',
      () =>
        vi.stubGlobal(
          'localStorage',
          new Proxy({} as Record<string, string>, {
            set() {
              throw new DOMException('full', 'QuotaExceededError')
            },
          }),
        ),
    ],
  ])('%s, texts last as long as the page, and nothing throws', (_, prepare) => {
    prepare()
    const syncStorage = createDeviceSyncStorage(name, undefined)
    expect([syncStorage.read('pace'), syncStorage.names()]).toEqual([undefined, []])
    syncStorage.write('pace', '1')
    syncStorage.write('left/p1', '2')
    syncStorage.write('pace')
    expect([syncStorage.read('pace'), syncStorage.read('left/p1'), syncStorage.names()]).toEqual([
      undefined,
      '2',
      ['left/p1'],
    ])
  })
})
