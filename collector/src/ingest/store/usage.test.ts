/** What a request counts: how many of its events were stored, known or refused, and what its sender had to drop. */
import type { Verdict } from '@headwater/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IngestRequest } from '../event.ts'
import { testEvent, testRejection, testRequest } from '../testing.ts'
import type { Verdicts } from './keys.ts'
import { usagesOf } from './usage.ts'

const dropped = { queue_full: 3 }

function verdictsOf(request: IngestRequest, ...verdicts: Verdict[]): Verdicts {
  return new Map(
    verdicts.map((verdict, i) => [
      verdict === 'rejected' ? testRejection(`${i}`, { request }) : testEvent(`${i}`, { request }),
      verdict,
    ]),
  )
}

it('each request of a group has a row of its own, in their order, even without events', () => {
  const [empty, mixed] = [testRequest({ id: 'empty' }), testRequest({ id: 'mixed' })]
  const verdicts = verdictsOf(mixed, 'accepted', 'accepted', 'duplicate', 'rejected', 'rejected', 'rejected')
  const none = { errorCode: null, dropped: null, received: 0, accepted: 0, duplicate: 0, rejected: 0 }
  expect(usagesOf([empty, mixed], verdicts)).toEqual([
    { ...none, request: empty },
    { ...none, request: mixed, received: 6, accepted: 2, duplicate: 1, rejected: 3 },
  ])
})

it('received is stored, duplicate and rejected together, whatever the verdicts are', () => {
  const verdict = fc.constantFrom<Verdict>('accepted', 'duplicate', 'rejected')
  fc.assert(
    fc.property(fc.array(fc.array(verdict), { minLength: 1 }), (batches) => {
      const requests = batches.map((_, i) => testRequest({ id: `${i}` }))
      const verdicts = new Map(
        requests.flatMap((request, i) => [...verdictsOf(request, ...(batches[i] ?? []))]),
      )
      for (const [i, usage] of usagesOf(requests, verdicts).entries()) {
        expect(usage.received).toBe(batches[i]?.length)
        expect(usage.accepted + usage.duplicate + usage.rejected).toBe(usage.received)
      }
    }),
  )
})

describe('the drops of a sender are counted', () => {
  it.each<[string, Verdict[], object | null]>([
    ['with a batch that has no events', [], dropped],
    ['with a batch that is new', ['accepted'], dropped],
    ['with a batch of which nothing is valid', ['rejected'], dropped],
    ['with a batch that is new in part', ['duplicate', 'accepted', 'duplicate'], dropped],
    ['with a batch that is known but for a rejected event', ['duplicate', 'rejected'], dropped],
    ['not again with a batch that is known as a whole', ['duplicate', 'duplicate'], null],
  ])('%s', (_, verdicts, expected) => {
    const request = testRequest({ dropped })
    expect(usagesOf([request], verdictsOf(request, ...verdicts))[0]?.dropped).toEqual(expected)
  })

  it('with the request that reports them, not with others of its group', () => {
    const [reports, known] = [testRequest({ dropped }), testRequest({ id: 'r2' })]
    const verdicts = new Map([...verdictsOf(reports, 'accepted'), ...verdictsOf(known, 'duplicate')])
    expect(usagesOf([known, reports], verdicts).map((usage) => usage.dropped)).toEqual([null, dropped])
  })
})
