/** Opens the socket of a connection to PostgreSQL: TCP or a Unix socket, with TLS where the URL asks for it. */
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface PostgresAddress {
  host: string
  port: number
  /** Of a Unix socket, in place of host and port. */
  path?: string
  /** Without it, or when it is false, TLS is not used. */
  tls?: TlsMode
}

export interface TlsMode {
  /** Continue without TLS if the server has none. */
  isOptional: boolean
  /** Check the certificate, and that it is the host's. */
  isVerified: boolean
  /** Begin with TLS, instead of asking for it: PostgreSQL 17. */
  isDirect: boolean
}

export interface PostgresSocket {
  /** Resolves with the socket to speak PostgreSQL on. */
  ready: Promise<Socket>
  /** Ends it at any time, even before it is ready. */
  destroy(reason: Error): void
}

/** What a client sends to ask for TLS: its length and a number that is no version of the protocol. */
const tlsRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
/** A connection that has been silent for so long is probed: its server may be gone. */
const keepAliveMs = 60_000

export function openSocket(address: PostgresAddress): PostgresSocket {
  const { host, port, path, tls } = address
  // Without delay: a small statement must not wait for the acknowledgement of the one before.
  const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs }
  let socket = keep(path ? connect({ path }) : connect({ host, port, ...options }))

  async function prepare(): Promise<Socket> {
    await once(socket, 'connect')
    if (!tls || path) return socket
    if (!tls.isDirect && !(await acceptsTls(socket))) {
      if (tls.isOptional) return socket
      throw new Error(`PostgreSQL at ${host}:${port} does not offer TLS, which sslmode asks for.`)
    }
    socket = keep(
      connectTls({
        socket,
        host, // only to compare with the certificate
        servername: isIP(host) ? undefined : host,
        rejectUnauthorized: tls.isVerified,
        ALPNProtocols: tls.isDirect ? ['postgresql'] : undefined,
      }),
    )
    await once(socket, 'secureConnect')
    return socket
  }
  return { ready: prepare(), destroy: (reason) => void socket.destroy(reason) }
}

async function acceptsTls(socket: Socket): Promise<boolean> {
  socket.write(tlsRequest)
  const ended = once(socket, 'end').then(() => {
    throw new Error('The server closed the connection when it was asked for TLS.')
  })
  const [answer] = await Promise.race([once(socket, 'data') as Promise<[Buffer]>, ended])
  return answer.toString('latin1') === 'S' // and nothing else: further bytes could be from someone in between
}

/** An error ends a socket, and its reader is notified; without a listener it would end the process. */
function keep<Kind extends Socket>(socket: Kind): Kind {
  return socket.on('error', () => {
    // See above.
  })
}
