/** Whether the browser refuses for its visitor when the page has not asked them. */

/** Global Privacy Control is a refusal; Do Not Track is one if the site respects it. */
export function isRefused(respectDnt: boolean | undefined): boolean | undefined {
  const { globalPrivacyControl, doNotTrack } = navigator as Refusals
  return globalPrivacyControl || (respectDnt && doNotTrack === '1')
}

/** Not every browser has them, and TypeScript's types lack them. */
export interface Refusals {
  globalPrivacyControl?: boolean
  doNotTrack?: string
}
