// @vitest-environment happy-dom
/** States how a visitor is passed to another domain, and which records are refused there. */
import { createRecordingClient } from '@headwater/testkit/recording-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { acceptLink, links } from './links.ts'

const record =
  '1.0199aaaa-0000-7000-8000-000000000001.0199aaaa-0000-7000-8000-000000000002.1790000000000.1790000000123'
const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
let undo = () => {}

function setCookie(text: string) {
  // biome-ignore lint/suspicious/noDocumentCookie: a browser without the Cookie Store API has nothing else
  document.cookie = `hw_id=${text}; Path=/`
}

beforeEach(() => {
  vi.useFakeTimers()
  happyDOM.setURL('https://here.example/a')
  setCookie(record)
  document.body.innerHTML = ''
  undo = links(createRecordingClient(), { domains: 'shop.example,.other.example' })
})
afterEach(() => {
  undo()
  setCookie('; Max-Age=0')
  localStorage.clear()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function show<Shown extends Element>(html: string): Shown {
  document.body.innerHTML = html
  return document.body.firstElementChild as Shown // as in the html
}

/** Where the browser would go: the address after all listeners have run. */
function follow(html: string, type = 'click', button = 0): string | undefined {
  const link = show<HTMLAnchorElement>(html)
  let seen: string | undefined
  const look = (event: Event) => {
    seen = link.getAttribute('href') ?? undefined
    event.preventDefault() // the test stays on its page
  }
  document.addEventListener(type, look, { once: true })
  link.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, button }))
  return seen
}

const link = () => follow('<a href="https://shop.example/cart?a=1&b#c">')
const linkText = () => new URL(link() ?? '').searchParams.get('hw_link') ?? ''

describe('a link', () => {
  test('to a listed host gets the record, and the rest of its address is unchanged', () => {
    expect(link()).toMatch(/^https:\/\/shop\.example\/cart\?a=1&b&hw_link=1\.0199aaaa[-\w.]+#c$/)
    expect(linkText().startsWith(`${record}.`)).toBe(true)
  })

  test('has its own address again afterwards', () => {
    link()
    vi.runAllTimers()
    expect(document.querySelector('a')?.getAttribute('href')).toBe('https://shop.example/cart?a=1&b#c')
  })

  test('keeps an address that the page gave it in between', () => {
    link()
    document.querySelector('a')?.setAttribute('href', '/new')
    vi.runAllTimers()
    expect(document.querySelector('a')?.getAttribute('href')).toBe('/new')
  })

  test('with a record already gets the newer one', () => {
    const address = follow('<a href="https://shop.example/?hw_link=old&x=1">') ?? ''
    expect(new URL(address).searchParams.getAll('hw_link')).toHaveLength(1)
    expect(address).not.toContain('old')
  })

  test.each([
    ['https://www.shop.example/', false],
    ['https://www.other.example/', true],
    ['https://here.example/b', false],
    ['/b', false],
    ['mailto:a@shop.example', false],
  ])('to %s gets the record: %s', (href, expected) => {
    expect(follow(`<a href="${href}">`)?.includes('hw_link')).toBe(expected)
  })

  test.each([
    ['auxclick', 1, true],
    ['auxclick', 2, false],
  ])('by %s of button %d gets the record: %s', (type, button, expected) => {
    expect(follow('<a href="https://shop.example/">', type, button)?.includes('hw_link')).toBe(expected)
  })

  test.each([
    ['no record', ''],
    ['a record of another kind', '2.a.b.1.2'],
  ])('is unchanged with %s', (_, cookie) => {
    setCookie(cookie)
    expect(link()).toBe('https://shop.example/cart?a=1&b#c')
  })

  test('is unchanged after the undo', () => {
    undo()
    expect(link()).not.toContain('hw_link')
  })
})

describe('a form', () => {
  const submit = (html: string) => {
    const form = show<HTMLFormElement>(html)
    form.dispatchEvent(new SubmitEvent('submit', { bubbles: true, submitter: form.querySelector('button') }))
    return form
  }

  test('with method post gets the record in its address, and has its own again afterwards', () => {
    const form = submit('<form method="post" action="https://shop.example/buy?x=1"></form>')
    expect(form.getAttribute('action')).toMatch(/^https:\/\/shop\.example\/buy\?x=1&hw_link=1\./)
    vi.runAllTimers()
    expect(form.getAttribute('action')).toBe('https://shop.example/buy?x=1')
  })

  test('whose button has an address gets the record there', () => {
    const form = submit('<form><button formmethod="post" formaction="https://shop.example/"></button></form>')
    expect(form.firstElementChild?.getAttribute('formaction')).toContain('hw_link=1.')
    vi.runAllTimers()
    expect(form.outerHTML).not.toContain('hw_link')
  })

  test('with method get gets the record in a field, which is removed afterwards', () => {
    const form = submit('<form action="https://shop.example/find"></form>')
    expect(new FormData(form).get('hw_link')).toContain(record)
    vi.runAllTimers()
    expect(form.children).toHaveLength(0)
  })

  test.each([
    '<form method="post" action="/buy"></form>',
    '<form method="get" action="https://elsewhere.example/"></form>',
  ])('%s is unchanged', (html) => {
    expect(submit(html).outerHTML).toBe(html)
  })
})

describe('arriving', () => {
  /** Opens the other domain, with this text in the address. */
  const arrive = (text: string, options = {}) => {
    happyDOM.setURL(`https://shop.example/cart?a=1&hw_link=${text}&b#c`)
    const saved: string[] = []
    acceptLink({ save: (accepted) => saved.push(accepted), ...options })
    return saved
  }

  test('takes the record and removes it from the address, keeping the page’s own state', () => {
    const text = linkText()
    history.replaceState({ of: 'page' }, '')
    expect(arrive(text)).toEqual([record.replace(/\d+$/, `${Date.now()}`)])
    expect([location.href, history.state]).toEqual(['https://shop.example/cart?a=1&b#c', { of: 'page' }])
  })

  test('saves the record as the cookie hw_id of the host', () => {
    const text = linkText()
    arrive(text, { save: undefined })
    expect(document.cookie).toContain(`hw_id=${record.replace(/\d+$/, '')}`)
  })

  const twoMinutes = 120_000
  test.each([
    ['just in time', (text: string) => text, twoMinutes - 1, 1],
    ['too late', (text: string) => text, twoMinutes, 0],
    ['with another visitor', (text: string) => text.replace('0199aaaa', '0199bbbb'), 0, 0],
    [
      'with another time',
      (text: string) => text.replace(/\.[^.]+(\.[^.]+)$/, `.${(Date.now() + 9).toString(36)}$1`),
      0,
      0,
    ],
    ['cut short', (text: string) => text.slice(0, -3), 0, 0],
    ['as something else', () => 'x', 0, 0],
    ['empty', () => '', 0, 0],
  ])('a record %s', (_, change, ageMs, expected) => {
    const text = change(linkText())
    vi.setSystemTime(Date.now() + ageMs)
    expect(arrive(text)).toHaveLength(expected)
    expect(location.href).toBe('https://shop.example/cart?a=1&b#c')
  })

  test.each(['userAgent', 'language'] as const)('in a browser with another %s refuses it', (property) => {
    const text = linkText()
    vi.spyOn(navigator, property, 'get').mockReturnValue('another')
    expect(arrive(text)).toEqual([])
  })

  test.each([
    ['', 1],
    ['https://here.example/', 1],
    ['https://evil.example/', 0],
  ])('from %j, where only here.example is listed, takes %d records', (referrer, expected) => {
    const text = linkText()
    vi.spyOn(document, 'referrer', 'get').mockReturnValue(referrer)
    expect(arrive(text, { domains: 'here.example' })).toHaveLength(expected)
  })

  test.each<[object, object, number]>([
    [{}, {}, 1],
    [{ consent: 'granted' }, {}, 1],
    [{ consent: 'pending' }, {}, 0],
    [{ consent: 'denied' }, {}, 0],
    [{ persistence: 'cookie' }, {}, 1],
    [{ persistence: 'local' }, {}, 0],
    [{ persistence: 'memory' }, {}, 0],
    [{}, { globalPrivacyControl: true }, 0],
    [{ consent: 'granted' }, { globalPrivacyControl: true }, 1],
    [{}, { doNotTrack: '1' }, 1],
    [{ respectDnt: true }, { doNotTrack: '1' }, 0],
    [{ respectDnt: '' }, { doNotTrack: '1' }, 0],
    [{ respectDnt: 'false' }, { doNotTrack: '1' }, 1],
  ])(
    'with %j, in a browser that signals %j, keeps %d records, and cleans the address',
    (options, signals, expected) => {
      const text = linkText()
      for (const [name, value] of Object.entries(signals)) {
        Object.defineProperty(navigator, name, { value, configurable: true })
      }
      const saved = arrive(text, options)
      for (const name of Object.keys(signals)) Reflect.deleteProperty(navigator, name)
      expect(saved).toHaveLength(expected)
      expect(location.search).toBe('?a=1&b')
    },
  )

  test.each([
    ['pending', 0],
    ['denied', 0],
    ['granted', 1],
  ])('with consent set to %s before the client exists keeps %d records', (state, expected) => {
    Object.assign(window, {
      headwater: {
        q: [
          ['consent', 'granted'],
          ['track', 'a'],
          ['consent', state],
        ],
      },
    })
    const saved = arrive(linkText(), { consent: 'granted' })
    Reflect.deleteProperty(window, 'headwater')
    expect(saved).toHaveLength(expected)
  })

  test('without a record changes nothing', () => {
    const replaced = vi.spyOn(history, 'replaceState')
    acceptLink()
    expect(replaced).not.toHaveBeenCalled()
  })

  test('cleans the address even if the record cannot be saved', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const text = linkText()
    const save = () => {
      throw new Error('no cookies')
    }
    expect(() => arrive(text, { save })).not.toThrow()
    expect(location.search).toBe('?a=1&b')
  })
})
