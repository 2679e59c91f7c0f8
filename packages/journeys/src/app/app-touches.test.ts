/** States which touches a real collector makes of what opens an app. */
import { createFakeNative, createFakeStore, startApp } from '@headwater/testkit/fake-app'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppClient } from '../../../../sdk/src/react-native/api.ts'
import type { AppOptions } from '../../../../sdk/src/react-native/options.ts'
import { type Ground, openGround } from './ground.ts'

let ground: Ground

beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground?.close())

const link = 'https://app.shop.example/mug?utm_source=newsletter&utm_medium=email&gclid=Abc'

/** A phone whose app has just been installed, opened by a link if there is one. */
function open(options: Partial<AppOptions> & { link?: string } = {}) {
  const { link = null, ...own } = options
  const [native, store] = [createFakeNative({ link }), createFakeStore()]
  const needed = { token: ground.token, endpoint: ground.collector.url, app: { id: 'com.example.shop' } }
  return { client: startApp(store, { ...needed, ...own }, native), native }
}

/** The touches of the app's customer, oldest first: type, source and click id. */
async function touchesOf(client: AppClient): Promise<string[]> {
  await client.flush()
  const rows = await ground.sql<{ type: string; source: string | null; click: string | null }[]>`
    select t.type, s.value as source, t.click_id_type as click
    from touches t
    left join utm_sources s on s.website_id = t.website_id and s.id = t.utm_source_id
    where t.customer_id = (
      select customer_id from sessions_tracking where client_session_id = ${client.sessionId() ?? ''}
    )
    order by t.occurred_at, t.id`
  return rows.map(({ type, source, click }) => [type, source ?? 'direct', click].filter(Boolean).join(' '))
}

test('an app that is opened without a link makes a direct touch', async () => {
  expect(await touchesOf(open().client)).toEqual(['landing direct'])
})

test('a link that starts the app makes one touch, reported in one way or in two', async () => {
  const { client, native } = open({ link })
  native.follow(link)
  client.screen('Product')
  expect(await touchesOf(client)).toEqual(['landing newsletter gclid'])
  native.follow(link)
  client.openLink(link)
  expect(await touchesOf(client)).toEqual(['landing newsletter gclid'])
})

test('a link that opens the running app makes a touch of its own session', async () => {
  const { client, native } = open()
  await client.flush()
  native.follow(link)
  expect(await touchesOf(client)).toEqual(['landing direct', 'landing newsletter gclid'])
})

test('an install referrer is a touch; one that is not set is none', async () => {
  const { client } = open()
  client.installReferrer('utm_source=(not%20set)&utm_medium=(not%20set)')
  expect(await touchesOf(client)).toEqual(['landing direct'])
  client.installReferrer('utm_source=google-play&utm_medium=cpc&gclid=Xyz')
  client.installReferrer('utm_source=google-play&utm_medium=cpc&gclid=Xyz')
  expect(await touchesOf(client)).toEqual(['landing direct', 'app_install google-play gclid'])
})

test('a visitor of the website who follows a link into the app is one customer, with the touch of the website', async () => {
  const [anonymousId, sessionId] = [crypto.randomUUID(), crypto.randomUUID()]
  const startedAt = Date.now() - 60_000
  const session = { id: sessionId, started_at: new Date(startedAt).toISOString(), landing_url: link }
  const page = {
    ...{ idempotency_key: sessionId, type: 'page', name: 'page_view', url: link, session },
    ...{ anonymous_id: anonymousId, occurred_at: session.started_at },
  }
  await fetch(`${ground.collector.url}/v1/batch?token=${ground.token}`, {
    method: 'POST',
    body: JSON.stringify({ v: 1, sent_at: new Date().toISOString(), events: [page] }),
  })
  const record = `1.${anonymousId}.${sessionId}.${startedAt}.${startedAt}.${Date.now().toString(36)}.x1y2z3`
  const { client } = open({
    link: `https://app.shop.example/mug?hw_link=${record}`,
    handOff: ['app.shop.example'],
  })
  expect(await touchesOf(client)).toEqual(['landing newsletter gclid'])
  expect([client.anonymousId(), client.sessionId()]).toEqual([anonymousId, sessionId])
})
