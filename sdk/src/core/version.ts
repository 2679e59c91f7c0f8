/** Says in every batch which SDK sent it. */

/** The version in sdk/package.json; the build and the test runner put it in place of the name. */
declare const __SDK_VERSION__: string

export const sdk = { name: 'headwater-js', version: __SDK_VERSION__ }
