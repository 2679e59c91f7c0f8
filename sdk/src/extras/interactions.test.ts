// @vitest-environment happy-dom
/** States which clicks and submits become events. */
import { createRecordingClient, type RecordingClient } from '@headwater/testkit/recording-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type InteractionOptions, interactions } from './interactions.ts'

let client: RecordingClient
let undo = () => {}

beforeEach(() => {
  ;(window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(
    'https://shop.example/a',
  )
  document.body.innerHTML = ''
  client = createRecordingClient()
})
afterEach(() => undo())

function start(options?: InteractionOptions) {
  undo = interactions(client, options)
}

function show(html: string, within: Element | ShadowRoot = document.body): Element {
  within.innerHTML = html
  const target = within.querySelector('#t') ?? within.firstElementChild
  if (!target) throw new Error('There is nothing to click.')
  return target
}

function click(html: string, { type = 'click', button = 0 } = {}) {
  const event = new MouseEvent(type, { bubbles: true, composed: true, cancelable: true, button })
  event.preventDefault() // so that no test leaves its page; pages may do the same
  show(html).dispatchEvent(event)
  return client.tracked
}

function submit(target: Element | null) {
  target?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }))
}

describe('an outbound click', () => {
  test.each([
    [
      'a link to another host',
      '<a href="https://other.example/p?x=1#top">',
      { url: 'https://other.example/p?x=1', host: 'other.example' },
    ],
    [
      'an element within a link',
      '<a href="https://other.example/"><b id="t">x</b></a>',
      { url: 'https://other.example/', host: 'other.example' },
    ],
    [
      'an area of an image map',
      '<map><area id="t" href="https://other.example/"></map>',
      { url: 'https://other.example/', host: 'other.example' },
    ],
    [
      'a link in a drawing',
      '<svg><a href="https://other.example/"><text id="t">x</text></a></svg>',
      { url: 'https://other.example/', host: 'other.example' },
    ],
    [
      'an old link in a drawing',
      '<svg><a xlink:href="https://other.example/"><text id="t">x</text></a></svg>',
      { url: 'https://other.example/', host: 'other.example' },
    ],
    [
      'another port',
      '<a href="https://shop.example:8443/">',
      { url: 'https://shop.example:8443/', host: 'shop.example:8443' },
    ],
    [
      'without secrets',
      '<a href="https://u:p@other.example/?token=1&mail=a@example.com&q=2">',
      { url: 'https://other.example/?q=2', host: 'other.example' },
    ],
  ])('is %s', (_, html, expected) => {
    start()
    expect(click(html)).toEqual([['outbound_click', expected]])
  })

  test.each([
    ['a link of the same host', '<a href="/b">'],
    ['a mail address', '<a href="mailto:a@other.example">'],
    ['a script', '<a href="javascript:void 0">'],
    ['an invalid address', '<a href="https://">'],
    ['an anchor without an address', '<a>'],
    ['something else', '<button>'],
  ])('is not %s', (_, html) => {
    start()
    expect(click(html)).toEqual([])
  })

  test('is not a link to hosts of the same site', () => {
    start({ domains: 'shop.example, .other.example' })
    expect(click('<a href="https://www.other.example/">')).toEqual([])
  })

  test.each([
    ['the middle button', 1, 1],
    ['the right button', 2, 0],
  ])('by %s counts %d times', (_, button, expected) => {
    start()
    expect(click('<a href="https://other.example/">', { type: 'auxclick', button })).toHaveLength(expected)
  })

  test('is found in a shadow tree', () => {
    start()
    const host = show('<div></div>')
    const link = show('<a href="https://other.example/">', host.attachShadow({ mode: 'open' }))
    link.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }))
    expect(client.tracked).toHaveLength(1)
  })

  test('counts even if the page stops it', () => {
    start()
    const link = show('<a href="https://other.example/">')
    link.addEventListener('click', (event) => {
      event.preventDefault()
      event.stopImmediatePropagation()
    })
    link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
    expect(client.tracked).toHaveLength(1)
  })
})

describe('a download', () => {
  test.each([
    [
      '/files/Price%20List.PDF?v=2',
      {
        url: 'https://shop.example/files/Price%20List.PDF?v=2',
        extension: 'pdf',
        file_name: 'Price%20List.PDF',
      },
    ],
    ['/a.b/c.tar.gz', { url: 'https://shop.example/a.b/c.tar.gz', extension: 'gz', file_name: 'c.tar.gz' }],
    [
      'https://cdn.example/x.xlsx',
      { url: 'https://cdn.example/x.xlsx', extension: 'xlsx', file_name: 'x.xlsx' },
    ],
  ])('is a link to %s, and not an outbound click too', (href, expected) => {
    start()
    expect(click(`<a href="${href}">`)).toEqual([['file_download', expected]])
  })

  test.each(['/page.html', '/pdf', '/?file=x.pdf', '/x.pdf/'])('is not a link to %s', (href) => {
    start()
    expect(click(`<a href="${href}">`)).toEqual([])
  })

  test('has the extensions that the site lists, with or without the dot', () => {
    start({ downloadExtensions: '.dmg,epub' })
    expect(click('<a href="/x.pdf">')).toHaveLength(0)
    expect(click('<a href="/x.dmg">')).toHaveLength(1)
    expect(click('<a href="/x.epub">')).toHaveLength(2)
  })
})

describe('a form', () => {
  const sent = { form_id: 'f', form_name: 'news', action: 'https://shop.example/join?x=1' }
  const html =
    '<form id="f" name="news" action="/join?x=1&token=1"><input name="email" value="a@example.com"></form>'

  test('is tracked with its names and address, and nothing that was typed', () => {
    start()
    submit(show(html))
    expect(client.tracked).toEqual([['form_submit', sent]])
  })

  test('without names and address has the address of its page', () => {
    start()
    submit(show('<form></form>'))
    expect(client.tracked).toEqual([
      ['form_submit', { form_id: undefined, form_name: undefined, action: 'https://shop.example/a' }],
    ])
  })

  test('is read correctly if its fields have the names of its properties', () => {
    start()
    submit(
      show('<form id="f" action="/join"><input name="action"><input name="id"><input name="method"></form>'),
    )
    expect(client.tracked[0]?.[1]).toMatchObject({ form_id: 'f', action: 'https://shop.example/join' })
  })

  test('has the address of the pressed button', () => {
    start()
    const form = show('<form action="/a"><button formaction="/b"></button></form>')
    form.dispatchEvent(new SubmitEvent('submit', { bubbles: true, submitter: form.querySelector('button') }))
    expect(client.tracked[0]?.[1]?.action).toBe('https://shop.example/b')
  })

  test('that closes a dialog is not tracked', () => {
    start()
    submit(show('<form method="dialog"></form>'))
    expect(client.tracked).toEqual([])
  })

  test('in a shadow tree is tracked once it has had the focus', () => {
    start()
    const root = show('<div></div>').attachShadow({ mode: 'open' })
    const form = show(html, root)
    for (let times = 0; times < 2; times++) {
      form.firstElementChild?.dispatchEvent(new FocusEvent('focusin', { bubbles: true, composed: true }))
    }
    submit(form)
    expect(client.tracked).toHaveLength(1)
  })
})

test.each([
  [{ outbound: 'false' }, ['file_download', 'form_submit']],
  [{ downloads: false }, ['outbound_click', 'outbound_click', 'form_submit']],
  [{ forms: 'false' }, ['outbound_click', 'file_download']],
  [{}, ['outbound_click', 'file_download', 'form_submit']],
])('with %j: %j', (options, expected) => {
  start(options)
  click('<a href="https://other.example/">')
  click('<a href="https://other.example/x.pdf">')
  submit(show('<form></form>'))
  expect(client.tracked.map(([name]) => name)).toEqual(expected)
})

test('after the undo nothing is tracked', () => {
  start()
  undo()
  click('<a href="https://other.example/">')
  submit(show('<form></form>'))
  expect(client.tracked).toEqual([])
})
