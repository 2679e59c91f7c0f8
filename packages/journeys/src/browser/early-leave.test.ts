/** A visitor who leaves before the script has loaded, and returns: what the collector stores in PostgreSQL. */
import { readFile } from 'node:fs/promises'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import postgres from 'postgres'
import { afterAll, beforeAll, expect } from 'vitest'
import { closeTab, flush, hasClient, hasStub, visit } from './tab.ts'
import { testInBrowser } from './test-in-browser.ts'
import { at, neverComes, type TestSite } from './test-site.ts'

const test = testInBrowser()
let collector: CollectorProcess
let sql: postgres.Sql
let token: string

beforeAll(async () => {
  const [databaseUrl, folder] = [await freshPostgresUrl(), await temporaryFolder()]
  const pepper = 'a pepper for early leaves, long enough to be one'
  const settings = {
    DATABASE_URL: databaseUrl,
    HEADWATER_PEPPER: pepper,
    HEADWATER_DATA_DIR: `${folder}/data`,
  }
  collector = await startCollectorProcess('dev', settings)
  sql = postgres(databaseUrl, { onnotice: () => {} })
  token = JSON.parse(await readFile(`${folder}/dev.json`, 'utf8')).public_token
})
afterAll(async () => {
  await sql?.end()
  await collector?.end('SIGTERM')
})

/** The stub is on every page; the SDK is served by the site, if at all. */
function layOut(site: TestSite): void {
  const tag = { 'data-token': token, 'data-endpoint': collector.url }
  site.pages['*'] = { hasStub: true, tag }
}

/** Each event of pages whose address has this path's first folder, oldest first, with the source of its session. */
const storedOf = (site: TestSite, folder: string) => sql`
  select e.name, e.customer_id, e.session_id, s.landing_url, s.view_count, u.value as source
  from events e
  left join sessions_tracking s on s.website_id = e.website_id and s.id = e.session_id
  left join utm_sources u on u.website_id = s.website_id and u.id = s.utm_source_id
  where e.url like ${`${at(site, `/${folder}/`)}%`}
  order by e.occurred_at, e.idempotency_key`

test('the stub’s events have a session, which the next page continues for the same visitor', async ({
  visitor: { page },
  site,
}) => {
  layOut(site)
  site.withholdSdk()
  const landing = at(site, '/same/?utm_source=mail')
  await page.goto(landing, { waitUntil: 'commit' })
  await hasStub(page)
  await page.evaluate(() => headwater.track('early'))
  await page.goto(at(site, '/bare'))
  await expect.poll(() => storedOf(site, 'same')).toHaveLength(2)

  site.restoreSdk()
  await visit(page, at(site, '/same/cart'))
  await page.evaluate(() => headwater.conversion('buy', { revenueCents: 1999, currency: 'EUR' }))
  await flush(page)

  const events = await storedOf(site, 'same')
  expect(events).toMatchObject([
    { name: 'page_view', landing_url: landing, view_count: 2, source: 'mail' },
    { name: 'early' },
    { name: 'page_view' },
    { name: 'buy' },
  ])
  expect(new Set(events.map(({ session_id }) => session_id)).size).toBe(1)
  expect(new Set(events.map(({ customer_id }) => customer_id)).size).toBe(1)
  const credited = await sql`
    select t.session_id from conversions c
    join touches t on t.website_id = c.website_id and t.id = c.last_non_direct_touch_id
    where c.customer_id = ${events[0]?.customer_id}`
  expect(credited).toMatchObject([{ session_id: events[0]?.session_id }])
})

test('a known visitor who arrives through another campaign and leaves early is recognised, in a new session', async ({
  visitor: { page },
  site,
}) => {
  layOut(site)
  await flush(await visit(page, at(site, '/known/?utm_source=mail')))
  site.withholdSdk()
  await page.goto(at(site, '/known/?utm_source=ad'), { waitUntil: 'commit' })
  await hasStub(page)
  await closeTab(page)
  await expect.poll(() => storedOf(site, 'known')).toHaveLength(2)
  const events = await storedOf(site, 'known')
  expect(events.map(({ source }) => source).sort()).toEqual(['ad', 'mail'])
  expect(new Set(events.map(({ session_id }) => session_id)).size).toBe(2)
  expect(new Set(events.map(({ customer_id }) => customer_id)).size).toBe(1)
})

test('a visitor who closes the tab while its page still loads is recorded, even without a return', async ({
  visitor: { page },
  site,
}) => {
  layOut(site)
  const parts = site.pages['*']
  site.pages['/slow/'] = { ...parts, body: `<img src="${neverComes}">` }
  await page.goto(at(site, '/slow/'), { waitUntil: 'commit' })
  await hasClient(page)
  await page.evaluate(() => headwater.track('seen'))
  await closeTab(page)
  await expect.poll(() => storedOf(site, 'slow')).toMatchObject([{ name: 'page_view' }, { name: 'seen' }])
})
