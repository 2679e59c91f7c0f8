/**
 * The visitor and the session as a short text, `1.<anonymous_id>.<session_id>.<session_started_ms>.<last_seen_ms>`. All
 * subdomains share it by cookie, and a page can read it before its storage has answered.
 */
import type { State } from '../records.ts'
import { newState } from './state.ts'

export function formatIdRecord({ anonymousId, session, seenAt }: State): string {
  return [1, anonymousId, session?.id, session?.startedAt, seenAt].join('.')
}

/** The state that storage and record describe together; the later of the two wins. */
export function withIdRecord(state: State | undefined, record: string | undefined): State | undefined {
  const [, anonymousId, id, startedAt, last] =
    /^1\.([\w-]+)\.([\w-]*)\.(\d*)\.(\d+)$/.exec(record as string) ?? []
  const seenAt = Number(last)
  if (!anonymousId || seenAt <= (state?.seenAt ?? 0)) return state
  const known = state?.anonymousId === anonymousId ? state : newState(anonymousId, seenAt)
  const isSame = known.session?.id === id
  // Another subdomain opened this session, and has reported where it began.
  const session = isSame ? known.session : { id: `${id}`, startedAt: Number(startedAt) }
  return { ...known, seenAt, session: id ? session : undefined }
}
