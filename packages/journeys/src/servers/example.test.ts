/** States that the example of a checkout back end runs by one command, and that its orders and refunds are stored. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { launchPersistent } from '@headwater/testkit/chromium'
import { startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { flush, hasClient } from '../browser/tab.ts'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))

async function startCollector(folder: string): Promise<postgres.Sql> {
  const databaseUrl = await freshPostgresUrl()
  const collector = await startCollectorProcess('dev', {
    DATABASE_URL: databaseUrl,
    HEADWATER_PEPPER: 'a pepper for the example, long enough to be one',
    HEADWATER_DATA_DIR: `${folder}/data`,
  })
  const sql = postgres(databaseUrl)
  onTestFinished(async () => {
    await sql.end()
    await collector.end('SIGTERM')
  })
  return sql
}

test('an order and its refund are credited to the newsletter that led to the page', async () => {
  const folder = await temporaryFolder()
  const sql = await startCollector(folder)
  const env = { ...process.env, HEADWATER_DATA_DIR: `${folder}/data`, SPOOL: `${folder}/spool`, PORT: '0' }
  const shop = spawn(process.execPath, ['examples/node/checkout.mjs'], {
    cwd: repository,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void shop.kill('SIGKILL'))
  const lines = createInterface({ input: shop.stdout })
  const [address] = (await once(lines, 'line')) as [string]

  const browser = await launchPersistent(await temporaryFolder())
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(address)
  await hasClient(page)
  await flush(page)
  await page.getByText('Buy').click()
  await page.getByText('Order 2001').waitFor()
  await page.getByText('Refund').click()
  await page.getByText('Refunded 2001').waitFor()

  const ended = once(shop, 'exit')
  shop.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  const credited = await sql`
    select c.conversion_id, c.value_cents, s.value as source
    from conversions c
    left join touches t on t.website_id = c.website_id and t.id = c.last_non_direct_touch_id
    left join utm_sources s on s.website_id = t.website_id and s.id = t.utm_source_id
    order by c.value_cents`
  const newsletter = { conversion_id: '2001', source: 'newsletter' }
  expect([...credited]).toEqual([
    { ...newsletter, value_cents: '-4999' },
    { ...newsletter, value_cents: '4999' },
  ])
}, 60_000)
