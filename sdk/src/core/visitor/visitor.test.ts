/** States which ids a page can read, and that its events have the same ones. */
import { createSlowStorage, openPage } from '@headwater/testkit/fake-page'
import { createFakeStorage, settled } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'

type Page = ReturnType<typeof openPage>
const minute = 60_000
const idsOf = ({ client }: Page) => [client.anonymousId(), client.sessionId()]
const idsOfEvent = (page: Page, index = -1) => {
  const event = page.events().at(index)
  return [event?.anonymous_id, event?.session?.id]
}
const unknown = [undefined, undefined]

/** A page whose first event was sent. */
async function openSent(
  options: Parameters<typeof openPage>[0] = {},
  own: Parameters<typeof openPage>[1] = {},
) {
  const page = openPage(options, own)
  page.client.track('first')
  await page.client.flush()
  return page
}

describe('the ids of visitor and session', () => {
  test('are those of the events', async () => {
    const page = await openSent()
    expect(idsOf(page)).toEqual(idsOfEvent(page))
    expect(page.client.sessionId()).toBeTypeOf('string')
  })

  test('are unknown on a new device until its first event is in storage', async () => {
    const { storage, open } = createSlowStorage()
    const page = openPage({}, { storage })
    expect(idsOf(page)).toEqual(unknown)
    page.client.track('a')
    await settled()
    expect(idsOf(page)).toEqual(unknown)
    open()
    await page.client.flush()
    expect(idsOf(page)).toEqual(idsOfEvent(page))
  })

  test('are known on a device with a visitor: the visitor at once, the session with the first event', async () => {
    const earlier = await openSent()
    const page = openPage({}, earlier.device)
    expect(idsOf(page)).toEqual([earlier.client.anonymousId(), undefined])
    page.client.track('a')
    await page.client.flush()
    expect(idsOf(page)).toEqual(idsOfEvent(page))
  })

  test('include a call that is not written yet', async () => {
    const page = await openSent()
    const [before] = idsOf(page)
    page.client.reset()
    page.client.track('next')
    const [anonymousId, sessionId] = idsOf(page)
    expect(anonymousId).not.toBe(before)
    await page.client.flush()
    expect([anonymousId, sessionId]).toEqual(idsOfEvent(page))
  })

  test('are, after a reset, the new visitor without a session', async () => {
    const page = await openSent()
    page.client.reset()
    const [anonymousId, sessionId] = idsOf(page)
    expect(anonymousId).toBeTypeOf('string')
    expect(sessionId).toBeUndefined()
    page.client.track('next')
    await page.client.flush()
    expect(idsOfEvent(page)[0]).toBe(anonymousId)
  })

  test('are only the visitor when the session is over, because the next event opens another one', async () => {
    const page = await openSent()
    const [visitor, session] = idsOf(page)
    await page.clock.advance(30 * minute)
    expect(idsOf(page)).toEqual([visitor, session])
    await page.clock.advance(1)
    expect(idsOf(page)).toEqual([visitor, undefined])
    page.client.track('later')
    await page.client.flush()
    expect(idsOf(page)).toEqual(idsOfEvent(page))
    expect(page.client.sessionId()).not.toBe(session)
  })

  test('change when another tab has opened a session', async () => {
    const page = await openSent()
    const tab = openPage({}, page.device)
    await page.clock.advance(minute)
    tab.client.reset()
    tab.client.track('other tab')
    await tab.client.flush()
    expect(page.client.anonymousId()).toBe(idsOfEvent(tab)[0])
    page.client.track('here')
    await page.client.flush()
    expect(idsOf(page)).toEqual(idsOfEvent(page))
    expect(idsOf(page)).toEqual(idsOf(tab))
  })

  test.each(['pending', 'denied'] as const)('are unknown while consent is %s', async (consent) => {
    const page = await openSent()
    page.client.consent(consent)
    page.client.track('a')
    expect(idsOf(page)).toEqual(unknown)
  })

  test('are unknown on a device with a visitor while consent is pending', async () => {
    const earlier = await openSent()
    expect(idsOf(openPage({ consent: 'pending' }, earlier.device))).toEqual(unknown)
  })

  test('after pending and granted are those of the events that waited', async () => {
    const page = openPage({ consent: 'pending' })
    page.client.track('a')
    page.client.consent('granted')
    await page.client.flush()
    expect(idsOf(page)).toEqual(idsOfEvent(page))
    expect(page.client.sessionId()).toBeTypeOf('string')
  })

  test('after denied and granted are those of another visitor', async () => {
    const page = await openSent()
    const before = page.client.anonymousId()
    page.client.consent('denied')
    page.client.consent('granted')
    expect(idsOf(page)).toEqual(unknown)
    page.client.track('b')
    await page.client.flush()
    expect(idsOf(page)).toEqual(idsOfEvent(page))
    expect(page.client.anonymousId()).not.toBe(before)
  })

  test('are those of the events even if storage has failed', async () => {
    const storage = createFakeStorage()
    storage.failWith(new Error('no disk'))
    const page = await openSent({}, { storage })
    expect(idsOf(page)).toEqual(idsOfEvent(page))
    expect(page.client.sessionId()).toBeTypeOf('string')
  })
})

test('a page that leaves before its storage has answered passes its visitor to the next page', async () => {
  const { storage } = createSlowStorage()
  const page = openPage({}, { storage })
  page.client.track('a')
  page.lifecycle.leave()
  await settled()
  const next = openPage({}, { syncStorage: page.syncStorage, clock: page.clock })
  expect(next.client.anonymousId()).toBe(idsOfEvent(page)[0])
})
