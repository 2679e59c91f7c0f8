/** Which bodies are batches, and what the sender of another one reads. */
import { limits } from '@headwater/contract'
import { Problem } from '@headwater/server/problem'
import { describe, expect, it } from 'vitest'
import { readBatch } from './read-batch.ts'

function problemOf(body: string): Problem {
  try {
    readBatch(body)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('The body was read as a batch.')
}

describe('a batch', () => {
  it('is read with its events as they are, valid or not', () => {
    const batch = {
      v: 1,
      sent_at: '2026-11-20T12:00:00Z',
      dropped: { a: 1 },
      events: [1, null, { a: { b: null } }],
    }
    expect(readBatch(JSON.stringify({ ...batch, unknown: true }))).toEqual(batch)
  })

  it(`has ${limits.eventsPerBatch} events at most`, () => {
    const body = (count: number) => JSON.stringify({ v: 1, events: Array.from({ length: count }, () => 0) })
    expect(readBatch(body(limits.eventsPerBatch)).events).toHaveLength(limits.eventsPerBatch)
    const problem = problemOf(body(limits.eventsPerBatch + 1))
    expect([problem.code, problem.message]).toEqual([
      'too_large',
      `The batch has ${limits.eventsPerBatch + 1} events; ${limits.eventsPerBatch} are allowed. Send it in parts.`,
    ])
  })

  it('has its text repaired where PostgreSQL could not store it, and is otherwise left alone', () => {
    expect(readBatch('{"v":1,"events":["a\\u0000b","\\ud800"]}').events).toEqual(['a\ufffdb', '\ufffd'])
    expect(readBatch('{"v":1,"events":["\\u0041","\\ud83d\\ude00"]}').events).toEqual(['A', '😀'])
  })
})

describe('a body', () => {
  it.each([
    ['that is no JSON', 'x', 'invalid_json', /^The body is not valid JSON: .*\.$/],
    ['that is empty', '', 'invalid_json', /^The body is not valid JSON/],
    ['that is null', 'null', 'invalid_batch', /the version of the wire format in "v", currently 1/],
    ['that is a list', '[]', 'invalid_batch', /the version of the wire format/],
    ['that is a text', '"v"', 'invalid_batch', /the version of the wire format/],
    ['without a version', '{"events":[]}', 'invalid_batch', /the version of the wire format/],
    ['whose version is a text', '{"v":"1","events":[]}', 'invalid_batch', /the version of the wire format/],
    [
      'of an older version',
      '{"v":0,"events":[]}',
      'unsupported_version',
      /^"v" is 0; this collector reads 1\./,
    ],
    ['of a newer version, whatever else it holds', '{"v":2}', 'unsupported_version', /Upgrade the collector/],
    [
      'without events',
      '{"v":1}',
      'invalid_batch',
      /^events is not valid: .*Send \{ "v": 1, "events": \[ … \] \}\.$/,
    ],
    ['whose events are an object', '{"v":1,"events":{}}', 'invalid_batch', /^events is not valid/],
    ['sent at no time', '{"v":1,"sent_at":"noon","events":[]}', 'invalid_batch', /^sent_at is not valid/],
  ])('%s is refused with what to send', (_, body, code, message) => {
    const problem = problemOf(body)
    expect(problem.code).toBe(code)
    expect(problem.message).toMatch(message)
  })

  it('that is no JSON has the error of the parser as cause, and little of the body in its message', () => {
    const problem = problemOf(`{"v":1,"events":[${'a'.repeat(1_000)}`)
    expect(problem.cause).toBeInstanceOf(SyntaxError)
    expect(problem.message.length).toBeLessThanOrEqual('The body is not valid JSON: .'.length + 60)
  })
})
