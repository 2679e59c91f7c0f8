/** Which SDK sends a batch. */

/** The version in sdk/package.json; the build and the test runner replace the name by it. */
declare const __SDK_VERSION__: string

export const sdk = { name: 'headwater-js', version: __SDK_VERSION__ }
