/** Serves index.html and shop.js, pointed at the collector that `npm start` runs, with a policy that forbids everything else. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fillIn, readDev } from '../dev.mjs'

const { url } = readDev()
const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')
const files = {
  '/': { type: 'text/html', text: fillIn(read('index.html')) },
  '/shop.js': { type: 'text/javascript', text: read('shop.js') },
}
// The collector's address stands in both; nothing inline, no `eval`, no Trusted Types policy.
const policy = `default-src 'none'; script-src 'self' ${url}; connect-src ${url}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`

const server = createServer((request, response) => {
  const file = files[new URL(request.url, 'http://localhost').pathname]
  if (!file) return response.writeHead(404).end()
  response.setHeader('content-type', `${file.type}; charset=utf-8`)
  response.setHeader('content-security-policy', policy)
  response.end(file.text)
})
server.listen(process.env.PORT ?? 8080, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/?utm_source=newsletter&utm_medium=email`)
})
