/** The table of sizes: what a visitor downloads. */
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { bundleForSite, readShipped } from '../shipped.ts'
import { type Cell, formatTable, formatVerdict } from '../table.ts'

/** The collector gives each of these to pages that ask for it. */
const optional = ['vitals', 'interactions', 'links', 'debug', 'data-layer', 'engagement']

/** With gzip: the limits that tests check. */
const limits = { 'script.js': 10_240, 'stub.js': 1_024 }

const npmUse = `
  import { createClient } from '@headwater/sdk'
  const hw = createClient({ token: 'hw_pub_abcd1234_x', endpoint: 'https://t.example.com' })
  hw.page('pricing')
  hw.track('add_to_cart', { sku: 'A1' })
  hw.identify('u1')`

export async function measureSizes(): Promise<string> {
  const titles = ['bytes', 'min', 'gzip -9', 'brotli 11', 'limit (gzip)']
  return formatTable(titles, [
    sizeRow('script.js', readShipped('sdk/dist/script.js'), limits['script.js']),
    sizeRow('stub.js', readShipped('sdk/dist/stub.js'), limits['stub.js']),
    sizeRow('npm entry, page + track + identify', await bundleForSite(npmUse, 'esm')),
    ...optional.map((name) => sizeRow(`${name}.js`, readShipped(`collector/dist/sdk/${name}.js`))),
  ])
}

function sizeRow(name: string, code: string, limit?: number): Cell[] {
  const gzip = gzipSync(code, { level: 9 }).length
  const brotli = brotliCompressSync(code).length // 11 is its default
  return [name, Buffer.byteLength(code), gzip, brotli, limit && formatVerdict(gzip, limit)]
}
