/** Takes over the visitor that a web page has put into a link: the other end of extras/links.ts. */
import { isListed } from '../extras/hosts.ts'

/** Switching to the app takes seconds; copying a link and opening it elsewhere takes longer. */
const lifetimeMs = 120_000

/**
 * The id record (core/visitor/id-record.ts) in a link, as seen at `now`; undefined when the link has none, when it is older
 * than two minutes, or when it leads to none of these hosts.
 *
 * The check that ends the parameter names the browser which wrote it, and means nothing in an app.
 */
export function recordInLink(url: string, hosts: readonly string[], now: number): string | undefined {
  const [, host = '', query = ''] = /^https:\/\/([^/?#:@]+)(?:\/[^?#]*)?\?([^#]*)/i.exec(url) ?? []
  if (!isListed(host.toLowerCase(), hosts)) return undefined
  const [, record, at = ''] =
    /(?:^|&)hw_link=(1(?:\.[\w-]+){2}\.\d+)\.\d+\.(\w+)\.\w+(?:&|$)/.exec(query) ?? []
  const isFresh = Math.abs(now - Number.parseInt(at, 36)) < lifetimeMs // one clock wrote both, but it may have been set
  return record && isFresh ? `${record}.${now}` : undefined
}
