/** States that the template for Google Tag Manager works, with a stand-in for the functions that its sandbox offers. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { flush, hasClient } from './tab.ts'
import { testInChromium } from './test-in-browser.ts'
import { token } from './test-site.ts'

const test = testInChromium()

const template = readFileSync(
  fileURLToPath(new URL('../../../../examples/gtm/template.tpl', import.meta.url)),
  'utf8',
)

/** The sections of the template by their names. */
const sections = Object.fromEntries(
  [...template.matchAll(/^___(\w+)___\n([\s\S]*?)(?=^___\w+___$|(?![\s\S]))/gm)].map(
    ([, name, text = '']) => [name, text.trim()],
  ),
)
const code = sections.SANDBOXED_JS_FOR_WEB_TEMPLATE ?? ''

interface Permission {
  instance: {
    key: { publicId: string }
    param: { value: { listItem: { mapValue?: { string?: string }[] }[] } }[]
  }
}

/** The globals that the template may touch. */
const globals = (JSON.parse(sections.WEB_PERMISSIONS ?? '[]') as Permission[]) // as the file above has them
  .filter(({ instance }) => instance.key.publicId === 'access_globals')
  .flatMap(({ instance }) => instance.param[0]?.value.listItem.map(({ mapValue }) => mapValue?.[0]?.string))

interface Fired {
  code: string
  globals: unknown[]
  data: Record<string, unknown>
  isGranted: boolean
}

/** Runs the template on the page, as a tag with these fields does. Resolves with whether it succeeded. */
const fire = (page: Page, data: Record<string, unknown>, isGranted = true): Promise<boolean> =>
  page.evaluate(runTemplate, { code, globals, data, isGranted })

/** For the page: the functions of the sandbox, which reach only what the permissions name. */
function runTemplate({ code, globals, data, isGranted }: Fired): Promise<boolean> {
  type Holder = Record<string, unknown>
  const page = window as unknown as Holder
  const find = (path: string): { holder: Holder; key: string } => {
    if (!globals.includes(path)) throw new Error(`The permissions lack ${path}.`)
    const keys = path.split('.')
    const key = keys.pop() ?? ''
    const holder = keys.reduce((inner, each) => (inner[each] ?? {}) as Holder, page) // as a path goes
    return { holder, key }
  }
  page.consentListeners ??= []
  return new Promise((resolve) => {
    const sandbox: Holder = {
      addConsentListener: (_: string, listener: unknown) =>
        (page.consentListeners as unknown[]).push(listener), // made above
      isConsentGranted: () => isGranted,
      copyFromWindow: (path: string) => {
        const { holder, key } = find(path)
        return holder[key]
      },
      setInWindow: (path: string, value: unknown) => {
        const { holder, key } = find(path)
        holder[key] = value
      },
      callInWindow: (path: string, ...args: unknown[]) => {
        const { holder, key } = find(path)
        const called = holder[key] as (...args: unknown[]) => unknown // else it throws, as a wrong template should here
        return called.apply(holder, args)
      },
      injectScript: (src: string, onload: () => void, onerror: () => void) =>
        document.head.append(Object.assign(document.createElement('script'), { src, onload, onerror })),
      makeInteger: Number,
      makeTableMap: (rows: Record<string, string>[], key: string, value: string) =>
        Object.fromEntries(rows.map((row) => [row[key], row[value]])),
    }
    const callbacks = { gtmOnSuccess: () => resolve(true), gtmOnFailure: () => resolve(false) }
    const run = new Function('require', 'data', code)
    run((name: string) => sandbox[name], { ...data, ...callbacks })
  })
}

describe('the template for Google Tag Manager', () => {
  test('has the sections that Tag Manager imports, as JSON where it wants JSON', () => {
    const names = ['TERMS_OF_SERVICE', 'INFO', 'TEMPLATE_PARAMETERS', 'SANDBOXED_JS_FOR_WEB_TEMPLATE']
    expect(Object.keys(sections)).toEqual([...names, 'WEB_PERMISSIONS', 'TESTS', 'NOTES'])
    const fields: { name: string }[] = JSON.parse(sections.TEMPLATE_PARAMETERS ?? '')
    const used = [...code.matchAll(/data\.(?!gtm)(\w+)/g)].map(([, name]) => name)
    expect(new Set(used)).toEqual(new Set(fields.map(({ name }) => name)))
    expect(JSON.parse(sections.INFO ?? '')).toMatchObject({ type: 'TAG', displayName: 'Headwater' })
  })

  test('loads the SDK, and records what its tags say, before and after it has loaded', async ({
    site,
    visitor,
  }) => {
    const { page } = visitor
    await page.goto(`${site.origin}/bare`)
    const loading = fire(page, { action: 'load', endpoint: site.origin, token, consent: 'granted' })
    await fire(page, { action: 'track', name: 'early', props: [{ name: 'sku', value: 'A1' }] })
    expect(await loading).toBe(true)
    await hasClient(page)
    await fire(page, { action: 'identify', userId: 'user_42' })
    await fire(page, {
      ...{ action: 'conversion', name: 'purchase', id: '1001', revenueCents: '4999', currency: 'EUR' },
    })
    await flush(page)
    expect(site.events.map(({ name, type }) => name ?? type)).toEqual([
      'page_view',
      'early',
      'identify',
      'purchase',
    ])
    expect(site.events[1]).toMatchObject({ props: { sku: 'A1' } })
    expect(site.events[3]).toMatchObject({ conversion_id: '1001', revenue_cents: 4999, currency: 'EUR' })
  })

  test('with consent mode nothing is sent until analytics_storage is granted', async ({ site, visitor }) => {
    const { page } = visitor
    await page.goto(`${site.origin}/bare`)
    await fire(page, { action: 'load', endpoint: site.origin, token, consent: 'mode' }, false)
    await hasClient(page)
    await flush(page)
    expect(site.events).toEqual([])
    await page.evaluate(() => {
      const { consentListeners } = window as unknown as { consentListeners: ((...args: unknown[]) => void)[] }
      for (const listener of consentListeners) listener('analytics_storage', true)
    })
    await flush(page)
    expect(site.events.map(({ name }) => name)).toEqual(['page_view'])
  })

  test('a tag that comes before the one that loads the SDK fails visibly', async ({ site, visitor }) => {
    await visitor.page.goto(`${site.origin}/bare`)
    expect(await fire(visitor.page, { action: 'track', name: 'early' })).toBe(false)
  })
})
