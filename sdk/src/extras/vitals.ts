/** Web vitals: how fast and how smooth the page was for its visitor. */
import { type MetricType, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import { type AnyClient, anyEvent } from './any-client.ts'
import { guarded } from './guarded.ts'

/**
 * Tracks Google's web vitals as events named `web_vital`, and returns an undo function. Needs no options.
 * Never throws; a browser that cannot measure one of them reports the others.
 *
 * - `metric`: `'LCP'`, `'INP'`, `'CLS'`, `'FCP'` or `'TTFB'`
 * - `value`: ms, for `CLS` without a unit; at most three decimals
 * - `rating`: `'good'`, `'needs-improvement'` or `'poor'`
 * - `delta`: by how much `value` grew since the last event of this `id`; at first the value itself
 * - `id`: of one metric on one page view. Of several events with one id the last counts.
 * - `navigation_type`: `'navigate'`, `'reload'`, `'back-forward'`, `'back-forward-cache'`, `'prerender'` or `'restore'`
 *
 * TTFB and FCP are tracked when they are known, LCP at the first click or key or when the page is hidden, INP and CLS each
 * time the page is hidden, if they have grown. Call it once per page: a second call tracks everything twice.
 *
 *     import { vitals } from '@headwater/sdk/vitals'
 *     vitals(hw)
 */
export function vitals(client: AnyClient<'track'>): () => void {
  let isStopped = false // web-vitals has no undo of its own

  const report = guarded((metric: MetricType) => {
    if (isStopped) return
    anyEvent(client).track('web_vital', {
      metric: metric.name,
      value: rounded(metric.value),
      rating: metric.rating,
      delta: rounded(metric.delta),
      id: metric.id,
      navigation_type: metric.navigationType,
    })
  })
  const start = guarded((observe: (report: (metric: MetricType) => void) => void) => observe(report))
  for (const observe of [onTTFB, onFCP, onLCP, onINP, onCLS]) start(observe)

  return () => {
    isStopped = true
  }
}

export default vitals

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
