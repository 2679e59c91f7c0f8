/** Notices when the network is back, with the NetInfo that an app hands in. */
import type { Undo } from '../core/ports.ts'

/** `@react-native-community/netinfo`. */
export interface NetInfoLike {
  addEventListener(listener: (state: { isInternetReachable?: boolean | null }) => void): Undo
}

/** Calls `back` each time the internet can be reached again. It is unknown (`null`) while NetInfo tries. */
export function watchNetwork(netInfo: NetInfoLike, back: () => void): Undo {
  let isCut = false

  return netInfo.addEventListener(({ isInternetReachable }) => {
    if (isInternetReachable === false) isCut = true
    if (isInternetReachable && isCut) {
      isCut = false
      back()
    }
  })
}
