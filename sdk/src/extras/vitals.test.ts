// @vitest-environment happy-dom
/** States how web vitals become events; packages/journeys/src/browser/extras.test.ts checks with a browser that they arrive. */
import { createRecordingClient } from '@headwater/testkit/recording-client'
import { beforeEach, expect, test, vi } from 'vitest'
import { vitals } from './vitals.ts'

type Report = (metric: Record<string, unknown>) => void

const reports: Report[] = []
vi.mock('web-vitals', () => {
  const observe = (report: Report) => void reports.push(report)
  return { onCLS: observe, onFCP: observe, onINP: observe, onLCP: observe, onTTFB: observe }
})
beforeEach(() => {
  reports.length = 0
})

const metric = {
  name: 'LCP',
  value: 1234.56789,
  delta: 0.1 + 0.2,
  rating: 'good',
  id: 'v6-1',
  navigationType: 'navigate',
  entries: [{}],
}

test('each metric is an event, in ms with at most three decimals', () => {
  const client = createRecordingClient()
  vitals(client)
  expect(reports).toHaveLength(5)
  reports[0]?.(metric)
  expect(client.tracked).toEqual([
    [
      'web_vital',
      { metric: 'LCP', value: 1234.568, rating: 'good', delta: 0.3, id: 'v6-1', navigation_type: 'navigate' },
    ],
  ])
})

test('after the undo nothing is tracked', () => {
  const client = createRecordingClient()
  vitals(client)()
  reports[0]?.(metric)
  expect(client.tracked).toEqual([])
})
