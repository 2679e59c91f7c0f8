/** What `headwater sdk` prints about each SDK file. */
import { gzipSync } from 'node:zlib'
import { fixedTag, type SdkFiles } from '../sdk-files.ts'

/** For the reader to replace. */
const placeholders = { origin: 'https://your-collector.example', token: 'hw_pub_…' }

export interface SdkListing {
  path: string
  fixed_path: string
  version: string
  bytes: number
  /** Compressed with gzip -9. */
  gzip_bytes: number
  integrity: string
  /** Only for `sdk.js`: the tag to put on a page. */
  tag?: string
}

export async function listSdk(files: SdkFiles): Promise<SdkListing[]> {
  return (await files.list()).map((file) => ({
    path: file.path,
    fixed_path: file.fixedPath,
    version: files.version,
    bytes: Buffer.byteLength(file.text),
    gzip_bytes: gzipSync(file.text, { level: 9 }).length,
    integrity: file.integrity,
    ...(file.path === 'sdk.js' && { tag: fixedTag(file, placeholders) }),
  }))
}

export function sdkText(listings: SdkListing[]): string {
  if (listings.length === 0) return 'The SDK is not built. Run `npm run build`.'
  const lines = listings.map(
    ({ fixed_path, version, bytes, gzip_bytes, integrity }) =>
      `/${fixed_path}  version ${version}  ${bytes} bytes  ${gzip_bytes} with gzip -9  ${integrity}`,
  )
  const tags = listings.flatMap(({ tag }) => tag ?? [])
  return [...lines, '', 'Pinned to this version, with an integrity check by the browser:', ...tags].join('\n')
}
