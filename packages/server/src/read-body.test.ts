import { gzipSync } from 'node:zlib'
import { limits } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import { readBody } from './read-body.ts'

interface Sent {
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  headers?: Record<string, string>
  query?: string
}

const aRequest = ({ body = '', headers, query = '' }: Sent) =>
  new Request(`http://127.0.0.1/v1/batch${query}`, {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit) // duplex is required for streams, and missing in the types

const codeOf = (sent: Sent) =>
  readBody(aRequest(sent)).then(
    () => undefined,
    (error: { code: string }) => error.code,
  )

const zipped = (text: string) => new Uint8Array(gzipSync(text))

/** A body of unknown length, in pieces. */
const inPieces = (...pieces: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })

describe('the media type of a body', () => {
  it.each(['application/json', 'text/plain;charset=UTF-8', 'Application/JSON ; charset=utf-8'])(
    'may be %s',
    async (type) => expect(await codeOf({ body: '{}', headers: { 'content-type': type } })).toBeUndefined(),
  )

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html'])(
    'may not be %s',
    async (type) =>
      expect(await codeOf({ body: '{}', headers: { 'content-type': type } })).toBe('unsupported_media_type'),
  )
})

describe('a zipped body', () => {
  it('is unzipped by its header or by the query', async () => {
    const headers = { 'content-encoding': 'GZIP' }
    expect(await readBody(aRequest({ body: zipped('{"v":1}'), headers }))).toBe('{"v":1}')
    expect(await readBody(aRequest({ body: zipped('{"v":1}'), query: '?encoding=gzip' }))).toBe('{"v":1}')
  })

  it('whose header says identity is read as it is, whatever the query says', async () => {
    const headers = { 'content-encoding': 'identity' }
    expect(await readBody(aRequest({ body: '{}', headers, query: '?encoding=gzip' }))).toBe('{}')
  })

  it('in another encoding is refused', async () => {
    expect(await codeOf({ body: '{}', headers: { 'content-encoding': 'br' } })).toBe('unsupported_media_type')
  })

  it('that is not gzip, or cut off, is refused', async () => {
    expect(await codeOf({ body: '{}', query: '?encoding=gzip' })).toBe('invalid_json')
    const cut = zipped('x'.repeat(1_000)).slice(0, -9)
    expect(await codeOf({ body: cut, query: '?encoding=gzip' })).toBe('invalid_json')
  })

  it('may unpack to the limit, and not to one byte more', async () => {
    const bomb = (bytes: number) => ({ body: zipped('x'.repeat(bytes)), query: '?encoding=gzip' })
    expect(await codeOf(bomb(limits.decompressedBytes))).toBeUndefined()
    expect(await codeOf(bomb(limits.decompressedBytes + 1))).toBe('too_large')
  })
})

describe('the size of a body', () => {
  it('is refused by the announced length, before the body is read', async () => {
    const headers = { 'content-length': String(limits.bodyBytes + 1) }
    expect(await codeOf({ body: '{}', headers })).toBe('too_large')
  })

  it('is counted where no length is announced', async () => {
    const half = 'x'.repeat(limits.bodyBytes / 2)
    expect((await readBody(aRequest({ body: inPieces(half, half) }))).length).toBe(limits.bodyBytes)
    expect(await codeOf({ body: inPieces(half, half, 'x') })).toBe('too_large')
  })

  it('keeps characters whole that lie across pieces', async () => {
    const bytes = new TextEncoder().encode('{"name":"Ü"}')
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect(await readBody(aRequest({ body }))).toBe('{"name":"Ü"}')
  })

  it('that ends early is a timeout, so that the sender repeats it', async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error('gone')),
    })
    expect(await codeOf({ body })).toBe('timeout')
  })
})
