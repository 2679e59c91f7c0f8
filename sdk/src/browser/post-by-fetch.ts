/** One POST with the browser's own fetch: what ky would do here, in 3.8 kB less. */
import type { post as postByKy } from './post.ts'

export const post: typeof postByKy = (url, init) => fetch(url, init)
