/** Holds the limits of the wire format, in one place. Bytes are UTF-8 unless a comment says otherwise. */
export const limits = {
  /** Events in a batch; more is 413. */
  eventsPerBatch: 500,
  /** Body as it is received, 1 MB. */
  bodyBytes: 1_000_000,
  /** Body after gunzip, 5 MB. */
  decompressedBytes: 5_000_000,
  /** JSON of one event's props, 32 KB. */
  propsBytes: 32_768,
  /** Levels of nesting in props. */
  depth: 10,
  /** Characters; longer is rejected. */
  name: 200,
  idempotencyKey: 128,
  anonymousId: 128,
  userId: 256,
  sessionId: 128,
  stream: 128,
  /** No page load has more events than this. */
  seq: 1_000_000_000,
  conversionId: 128,
  identityType: 64,
  identityValue: 256,
  identities: 10,
  /** Characters of an address that are read at all; what is stored of it is cut at `url`. */
  readUrl: 16_384,
  /** Characters; longer is cut. */
  url: 4096,
  path: 1024,
  title: 512,
  utm: 256,
  /** Characters of a campaign value that are read at all: it is cleaned first, then cut at `utm`. */
  readUtm: 4096,
  /** Characters; a longer click id is left out, because a cut one identifies nothing. */
  clickId: 512,
  /** Characters of the name of a click id; one with a longer name is left out. */
  clickIdName: 64,
  /** Click ids of a session; further ones are left out. */
  clickIds: 50,
  /** Ad cookies of an event, and the characters of their names and values; what exceeds a limit is left out. */
  adCookies: 20,
  adCookieName: 64,
  adCookieValue: 512,
  /** Earlier touches of an event; further ones are left out. */
  touches: 20,
  /** Reasons in the `dropped` counts of a batch, and the characters of each; what exceeds a limit is left out. */
  dropReasons: 50,
  dropReason: 64,
} as const

/** The versions of the wire format that this code reads. */
export const supportedVersions = [1] as const
