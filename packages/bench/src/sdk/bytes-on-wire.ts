/** The table of the wire: how many bytes the visitor's connection transfers for the events of a session. */
import { type Cell, formatTable } from '../table.ts'
import type { SdkBench } from './plan.ts'
import { record } from './record.ts'
import type { PageName } from './site.ts'
import { inTab } from './tab.ts'

const recording = { batches: 4, callsPerBatch: 50, pauseMs: 100 }

const rows: [name: string, page: PageName][] = [
  ['script tag', 'script'],
  ['script tag without CompressionStream', 'scriptWithoutGzip'],
]

const events = recording.batches * recording.callsPerBatch + 1 // and the page view

/** Once each: it hardly depends on how busy the machine is. */
export async function measureBytesOnWire(bench: SdkBench): Promise<string> {
  const cells: Cell[][] = []
  for (const [name, page] of rows) cells.push(await wireRow(bench, name, page))
  const titles = [
    `${events - 1} events and a page view`,
    'requests',
    'bytes of bodies',
    'an event',
    'with headers',
  ]
  return formatTable(titles, cells)
}

async function wireRow({ site, browser }: SdkBench, name: string, address: PageName): Promise<Cell[]> {
  const recordSession = () =>
    inTab(browser, async ({ page }) => {
      await page.goto(site.address(address))
      await record(page, recording)
    })
  const { batches } = await site.receive(events, recordSession)
  const bodyBytes = sum(batches.map((batch) => batch.bodyBytes))
  const headerBytes = sum(batches.map((batch) => batch.headerBytes))
  return [name, `${batches.length}`, bodyBytes, bodyBytes / events, bodyBytes + headerBytes]
}

const sum = (figures: number[]) => figures.reduce((total, figure) => total + figure, 0)
