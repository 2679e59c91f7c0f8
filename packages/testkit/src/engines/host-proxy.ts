/** A proxy for browsers that cannot map names: every host is 127.0.0.1. */
import { once } from 'node:events'
import { createServer, request as startRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HostProxy {
  port: number
  close(): Promise<void>
}

export async function startHostProxy(): Promise<HostProxy> {
  const server = createServer((request, response) => {
    const { port, pathname, search } = new URL(request.url ?? '')
    const { method, headers } = request
    const passed = startRequest({ host: '127.0.0.1', port, path: pathname + search, method, headers })
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    // What the server refuses or breaks off, the browser sees broken off.
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port, // listens on TCP, so it has a port
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
