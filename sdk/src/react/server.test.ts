/** States what a server renders: there is no window, as in Node. */
import { createElement, type ReactNode, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { type Client, HeadwaterProvider, useConsent, useHeadwater } from './index.ts'

let client: Client | undefined
function Page(): ReactNode {
  client = useHeadwater()
  const [consent] = useConsent()
  return createElement('p', null, consent)
}

test('a server renders the children, with a client that does nothing', async () => {
  const warn = vi.spyOn(console, 'error')
  const options = { token: 'not even valid', endpoint: '', consent: 'pending' as const }
  const tree = createElement(HeadwaterProvider, options, createElement(Page))
  expect(renderToString(createElement(StrictMode, null, tree))).toBe('<p>pending</p>')
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()

  client?.track('a')
  client?.on('error', () => {})()
  expect([client?.anonymousId(), client?.sessionId(), await client?.flush()]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(await client?.stored()).toEqual({ records: [], texts: {} })
})
