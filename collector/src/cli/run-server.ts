/** Runs a collector in the foreground until SIGTERM or SIGINT. */
import { readConfig } from '../config.ts'
import { devFile } from '../dev/development.ts'
import { type Collector, startCollector } from '../main.ts'

/** A shutdown that hangs is forced after this. */
const shutdownLimitMs = 5_000

export async function runServe(asJson: boolean | undefined): Promise<void> {
  const collector = await startCollector({ config: readConfig(process.env), mode: 'serve' })
  console.log(asJson ? JSON.stringify({ url: collector.url }) : `Headwater is listening at ${collector.url}`)
  stopOnSignal(collector)
}

export async function runDev(asJson: boolean | undefined): Promise<void> {
  if (!asJson) console.log('Opening the database …')
  const config = readConfig(process.env)
  const collector = await startCollector({ config, mode: 'dev' })
  const lines = [
    '',
    `  Headwater is running.`,
    '',
    `  Watch events arrive   ${collector.url}/`,
    `  Visit the demo shop   ${collector.url}/demo?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=X1`,
    '',
    `  Tokens for your own page are in ${devFile(config)}. Ctrl-C stops the collector; the data is kept.`,
    '',
  ]
  console.log(asJson ? JSON.stringify({ url: collector.url }) : lines.join('\n'))
  stopOnSignal(collector)
}

function stopOnSignal(collector: Collector): void {
  const stop = () => {
    setTimeout(() => process.exit(1), shutdownLimitMs).unref()
    collector.stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
