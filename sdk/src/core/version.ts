/** Which SDK sends a batch. */

/** The version in sdk/package.json; the build and the test runner replace the name by it. */
declare const __SDK_VERSION__: string
/** Replaced too: `headwater-js` in browsers, `headwater-node` on servers. */
declare const __SDK_NAME__: string

export const sdk = { name: __SDK_NAME__, version: __SDK_VERSION__ }
