/** Sends an event with the server's client to a collector that accepts everything; resolves with the name of what arrived. */
import { once } from 'node:events'
import { createServer } from 'node:http'

export async function exchange({ createClient }) {
  const names = []
  const collector = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString())
    names.push(...body.events.map(({ name }) => name))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ accepted: body.events.length, duplicate: 0, rejected: 0, results: [] }))
  })
  await once(collector.listen(0, '127.0.0.1'), 'listening')
  const endpoint = `http://127.0.0.1:${collector.address().port}`
  const hw = createClient({ token: 'hw_sec_abcd1234_x', endpoint })
  hw.track('packed', { userId: 'user_42' })
  await hw.shutdown({ timeoutMs: 2_000 })
  collector.close()
  collector.closeAllConnections()
  return names.join()
}
