/** The table of calls: how long `track` keeps its caller waiting, even when many events wait. */
import { type Cell, formatRange, formatTable, formatVerdict, median } from '../table.ts'
import type { SdkBench } from './plan.ts'
import { record, settle } from './record.ts'
import type { PageName } from './site.ts'
import { inTab } from './tab.ts'

const timing = { batches: 5, callsPerBatch: 50, pauseMs: 100 } // the pause is enough to write them
const filling = { callsPerBatch: 50, pauseMs: 5 }
/** The best of those who write durably is Snowplow, with 42 µs. */
const maxMicroseconds = 50

/** Microseconds per call, one figure per batch, by how many events waited. */
type Timed = Map<number, number[]>

export async function measureTrackCalls(bench: SdkBench): Promise<string> {
  const visitors: Timed[] = []
  const idle: Timed[] = []
  bench.site.answer('refuse')
  for (let round = 0; round < bench.pages; round++) {
    visitors.push(await timeVisitor(bench, 'script', bench.queueSizes))
    idle.push(await timeVisitor(bench, 'empty', [0]))
  }
  bench.site.answer('accept')
  const first = visitors.flatMap((timed) => timed.get(0)?.[0] ?? [])
  return formatTable(
    ['µs per track()', 'batches of 50', 'mark'],
    [
      ['empty page, empty function', formatRange(batchesAt(0, idle)), undefined],
      callRow('the first 50 of a page', first),
      ...bench.queueSizes.map((size) =>
        callRow(`${size.toLocaleString('en')} events waiting`, batchesAt(size, visitors)),
      ),
    ],
  )
}

const batchesAt = (size: number, visitors: Timed[]) => visitors.flatMap((timed) => timed.get(size) ?? [])

function callRow(name: string, batches: number[]): Cell[] {
  return [name, formatRange(batches), formatVerdict(median(batches), maxMicroseconds)]
}

/** Lets more and more events wait, and times calls in between. */
function timeVisitor({ site, browser }: SdkBench, address: PageName, queueSizes: number[]): Promise<Timed> {
  return inTab(browser, async ({ page }) => {
    await page.goto(site.address(address))
    await settle(page)
    const timed: Timed = new Map()
    let waiting = 0
    for (const size of queueSizes) {
      await record(page, { ...filling, batches: Math.ceil((size - waiting) / filling.callsPerBatch) })
      timed.set(size, await record(page, timing))
      waiting = size + timing.batches * timing.callsPerBatch
    }
    return timed
  })
}
