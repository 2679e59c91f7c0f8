/** What the browser says for its visitor, where nobody asked them. */

/** Global Privacy Control is a no; Do Not Track is one where the site says so. */
export function isRefused(respectDnt: boolean | undefined): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as Refusals
  return !!globalPrivacyControl || (!!respectDnt && doNotTrack === '1')
}

/** Not in every browser, and so not in the compiler's types. */
export interface Refusals {
  globalPrivacyControl?: boolean
  doNotTrack?: string
}
