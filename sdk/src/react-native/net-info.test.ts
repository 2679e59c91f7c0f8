/** States when the network counts as back. */
import { expect, test } from 'vitest'
import { type NetInfoLike, watchNetwork } from './net-info.ts'

type Reach = boolean | null | undefined

test.each<[string, Reach[], number]>([
  ['it was there from the start', [null, true], 0],
  ['it comes back', [true, false, true], 1],
  ['it comes back after a try', [true, false, null, true, true], 1],
  ['it comes back twice', [false, true, false, true], 2],
  ['it is unknown for a while', [true, null, undefined, true], 0],
])('%s', (_, states, expected) => {
  let [count, listens] = [0, true]
  let report = (_state: { isInternetReachable: Reach }) => {}
  const netInfo: NetInfoLike = {
    addEventListener(listener) {
      report = listener
      return () => {
        listens = false
      }
    },
  }
  const undo = watchNetwork(netInfo, () => count++)
  for (const isInternetReachable of states) report({ isInternetReachable })
  expect(count).toBe(expected)
  undo()
  expect(listens).toBe(false)
})
