/** Knows the collector that `npm start` runs, so that the examples need no editing. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const usualData = fileURLToPath(new URL('../.headwater/data', import.meta.url))
const file = join(dirname(process.env.HEADWATER_DATA_DIR ?? usualData), 'dev.json')

/** `{ url, website_id, public_token, secret_token }`. Ends the program when there is no such collector. */
export function readDev() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    console.error(`There is no ${file} to read the tokens from. Run \`npm start\` in another terminal first.`)
    return process.exit(1)
  }
}

/** Puts its address and public token in the place of those that the examples show. */
export function fillIn(text) {
  const { url, public_token } = readDev()
  return text.replaceAll('http://127.0.0.1:8787', url).replaceAll('hw_pub_…', public_token)
}
