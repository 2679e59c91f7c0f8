/** Checks whether a host is on a list of domains. */

/** `'shop.example'` is that host only; `'.shop.example'` includes all its subdomains. All in lower case. */
export function isListed(hostname: string, domains: readonly string[]): boolean {
  return domains.some((domain) =>
    domain.startsWith('.') ? `.${hostname}`.endsWith(domain) : hostname === domain,
  )
}
