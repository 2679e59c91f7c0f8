/** Which SDK sends a batch. */

// The build and the test runner replace these names by the name of the platform's SDK and the version in sdk/package.json.
declare const __SDK_NAME__: string
declare const __SDK_VERSION__: string

export const sdk = { name: __SDK_NAME__, version: __SDK_VERSION__ }
