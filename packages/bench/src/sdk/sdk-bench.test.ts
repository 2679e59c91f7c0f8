/** States that the SDK's figures can be measured; a busy machine cannot check their values. */
import { expect, test, vi } from 'vitest'
import { briefSdkPlan } from './plan.ts'
import { benchSdk } from './sdk-bench.ts'

test('the brief run prints all its tables, with a figure in every row', { timeout: 60_000 }, async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await benchSdk(briefSdkPlan)
  const printed = log.mock.calls.join('\n')
  log.mockRestore()
  expect(printed.match(/^─/gm)).toHaveLength(6)
  expect(printed).not.toMatch(/NaN|Infinity/)
})
