/** Serves index.html, pointed at the collector that `npm start` runs. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fillIn } from '../dev.mjs'

const page = fillIn(readFileSync(new URL('index.html', import.meta.url), 'utf8'))
const server = createServer((_, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8').end(page)
})
server.listen(process.env.PORT ?? 8080, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/?utm_source=newsletter&utm_medium=email`)
})
