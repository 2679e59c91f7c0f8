/** Reads a request's body as text, within the limits of the contract, gunzipped if it is encoded so. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { limits } from '@headwater/contract'
import { Problem } from './problem.ts'

const unzip = promisify(gunzip)

const mediaTypes = ['application/json', 'text/plain']

/** Throws a Problem for a wrong type or encoding, and for a body that is too large before or after gunzip. */
export async function readBody(request: Request): Promise<string> {
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (mediaType && !mediaTypes.includes(mediaType)) {
    throw new Problem(
      'unsupported_media_type',
      `The body is ${mediaType}. Send JSON as ${mediaTypes.join(' or ')}.`,
    )
  }
  const bytes = await readBytes(request).catch((error: unknown) => {
    if (error instanceof Problem) throw error
    throw new Problem('timeout', 'The body ended before it was complete. Send it again.') // a phone that left the network
  })
  return new TextDecoder().decode(isGzip(request) ? await decompress(bytes) : bytes)
}

/** By header, or by query: an extra header would cost browsers a preflight. */
function isGzip(request: Request): boolean {
  const given = request.headers.get('content-encoding') ?? new URL(request.url).searchParams.get('encoding')
  const encoding = given?.toLowerCase() ?? 'identity'
  if (encoding !== 'gzip' && encoding !== 'identity') {
    throw new Problem(
      'unsupported_media_type',
      `The body is encoded as ${encoding}. Send it plain or as gzip.`,
    )
  }
  return encoding === 'gzip'
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const length = request.headers.get('content-length')
  if (Number(length) > limits.bodyBytes) throw tooLarge(`${length} bytes`)
  // Node keeps a body to its announced length; only one of unknown length has to be counted.
  return length === null ? readUnmeasured(request) : new Uint8Array(await request.arrayBuffer())
}

async function readUnmeasured(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Not in every runtime's types, but a request body is an async iterable of bytes.
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > limits.bodyBytes) throw tooLarge(`more than ${limits.bodyBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(found: string): Problem {
  return new Problem(
    'too_large',
    `The body has ${found}; ${limits.bodyBytes} are allowed. Send fewer events at once, or gzip them.`,
  )
}

async function decompress(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await unzip(bytes, { maxOutputLength: limits.decompressedBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Problem(
        'too_large',
        `The body unpacks to more than ${limits.decompressedBytes} bytes. Send fewer events at once.`,
        { cause: error },
      )
    }
    throw new Problem('invalid_json', 'The body says gzip but cannot be unpacked. Check its encoding.', {
      cause: error,
    })
  }
}
