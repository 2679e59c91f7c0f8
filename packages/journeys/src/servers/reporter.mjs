/**
 * A server's process for tests: reports events one after another, and writes the name of each to standard output once `track`
 * has returned. `node reporter.mjs '{ "endpoint", "token", "spool", "name", "count" }'`; with a count it shuts down after so many.
 */
import { writeSync } from 'node:fs'
import { setTimeout as pass } from 'node:timers/promises'
import { createClient } from '@headwater/sdk/node'

const { name, count = Infinity, ...options } = JSON.parse(process.argv[2])
const hw = createClient({ flushIntervalMs: 50, ...options })
hw.on('error', ({ message }) => console.error(message))
hw.on('dropped', (loss) => console.error(JSON.stringify(loss)))

for (let each = 0; each < count; each++) {
  hw.track(`${name}${each}`, { userId: `user_${each % 7}` })
  writeSync(1, `${name}${each}\n`)
  if (each % 10 === 9) await pass(1) // some thousand events a second
}
await hw.shutdown()
