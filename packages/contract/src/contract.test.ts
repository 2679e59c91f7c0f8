/** States what each status means for a client, and which bodies count as receipts. */
import { describe, expect, it } from 'vitest'
import { isReceiptFor, outcomeOf, problems } from './index.ts'

describe('the status→outcome table', () => {
  it.each([
    [200, 'delivered'],
    [400, 'split'],
    [401, 'stop'],
    [403, 'hold'],
    [404, 'hold'],
    [405, 'hold'],
    [302, 'hold'],
    [418, 'hold'],
    [408, 'retry'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [0, 'retry'],
    [413, 'split'],
    [415, 'drop'],
  ])('the outcome of %i is %s', (status, outcome) => {
    expect(outcomeOf(status)).toBe(outcome)
  })

  it('a client drops events only after problems with the request itself', () => {
    const losing = Object.values(problems).filter(({ status }) =>
      ['split', 'drop'].includes(outcomeOf(status)),
    )
    expect([...new Set(losing.map(({ status }) => status))]).toEqual([400, 413, 415])
  })
})

describe('a receipt', () => {
  const receipt = { request_id: 'r', received_at: '', accepted: 2, duplicate: 1, rejected: 1, results: [] }

  it('proves that a batch was stored only when its counts add up to the batch', () => {
    expect(isReceiptFor(receipt, 4)).toBe(true)
    expect(isReceiptFor(receipt, 5)).toBe(false)
  })

  it.each([null, undefined, 'ok', '<html>', {}, [], { accepted: 4 }, { ...receipt, results: undefined }])(
    '%j is not one',
    (body) => {
      expect(isReceiptFor(body, 4)).toBe(false)
    },
  )
})
