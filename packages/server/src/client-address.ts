/** A client's address and protocol, as far as the configured proxies can be trusted; addresses are shortened before storage. */
import type { Context } from 'hono'
import ipaddr from 'ipaddr.js'
import type { AppEnv } from './app-env.ts'

/**
 * The client's address, as far as the configured proxies can be trusted; undefined where a test calls the app without a
 * server.
 */
export function addressOf(c: Context<AppEnv>, trustedProxyHops: number): string | undefined {
  const socketAddress = c.env?.incoming?.socket?.remoteAddress
  return clientAddress(socketAddress, c.req.header('x-forwarded-for'), trustedProxyHops)
}

/**
 * The address that reached the outermost trusted proxy: with `hops` proxies in front, the `hops`-th entry of
 * X-Forwarded-For from the right. With 0 the header, which anyone can write, is ignored.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  hops: number,
): string | undefined {
  if (hops === 0) return socketAddress
  const entries = forwardedFor?.split(',').map((entry) => entry.trim()) ?? []
  return entries.at(-hops) ?? entries[0] ?? socketAddress
}

/** Whether the client used https, to us or to the outermost trusted proxy. */
export function isHttps(url: string, forwardedProto: string | undefined, hops: number): boolean {
  const entries = forwardedProto?.split(',').map((entry) => entry.trim().toLowerCase()) ?? []
  const protocol = hops > 0 ? (entries.at(-hops) ?? entries[0]) : undefined // a proxy may set one for all
  return (protocol ?? new URL(url).protocol.slice(0, -1)) === 'https'
}

/** IPv4 to /24, IPv6 to /48: enough for a region, too little for a person. Null for anything else. */
export function shortenAddress(address: string | undefined): string | null {
  if (!address || !ipaddr.isValid(address)) return null
  const parsed = ipaddr.process(address) // unwraps IPv4 in IPv6
  const bits = parsed.kind() === 'ipv4' ? 24 : 48
  const bytes = parsed.toByteArray().map((byte, i) => (i * 8 < bits ? byte : 0))
  return ipaddr.fromByteArray(bytes).toString()
}
