/** A proxy between a client and a server, which fails like networks and dying servers. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { TLSSocket, type TlsOptions } from 'node:tls'

export interface TcpProxy {
  port: number
  /** How many connections it has accepted so far. */
  taken(): number
  /** How many connections it has now. */
  open(): number
  /** Ends every connection like a server that closes it: FIN. */
  end(): void
  /** Ends every connection like a server that has died: RST. */
  reset(): void
  /** From now on nothing passes, without any sign to either side. */
  freeze(): void
  /** From now on new connections work again; what was lost meanwhile is lost. */
  thaw(): void
  /** What has passed to the server so far, as text. */
  sent(): string
  close(): Promise<void>
}

export interface TcpProxyOptions {
  /** What each new connection meets: the server (default), an end at once, silence, or these bytes and then an end. */
  greet?: 'server' | 'end' | 'silence' | Buffer
  /** Speaks TLS with the client, as PostgreSQL does: after the client has asked for it. Gets the name that the client expects. */
  onTls?(servername: string): void
}

/** Starts a proxy in front of the server on `serverPort`, on a port of its own. */
export async function startTcpProxy(serverPort: number, options: TcpProxyOptions = {}): Promise<TcpProxy> {
  const { greet = 'server', onTls } = options
  const clients = new Set<Socket>()
  let taken = 0
  let sent = ''
  let isFrozen = false

  function join(client: Socket): void {
    const server = connect(serverPort, '127.0.0.1')
    client.on('data', (piece) => {
      sent += piece.toString('latin1')
      if (!isFrozen) server.write(piece)
    })
    server.on('data', (piece) => !isFrozen && client.write(piece))
    client.on('close', () => server.destroy())
    server.on('close', () => !isFrozen && client.end())
    for (const socket of [client, server]) socket.on('error', ignore)
  }
  async function meet(client: Socket): Promise<void> {
    if (greet === 'silence') return
    if (greet !== 'server') {
      client.end(greet === 'end' ? '' : greet)
      return
    }
    if (!onTls) return join(client)
    await once(client, 'data') // the request for TLS, 8 bytes
    client.write('S')
    const SNICallback: TlsOptions['SNICallback'] = (servername, proceed) => {
      onTls(servername)
      proceed(null)
    }
    const secure = new TLSSocket(client, { isServer: true, key, cert: certificate, SNICallback })
    join(secure)
  }

  const listener = createServer({ noDelay: true }, (client) => {
    taken += 1
    clients.add(client)
    client.on('error', ignore)
    client.once('close', () => clients.delete(client))
    void meet(client)
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port, // it listens on TCP
    taken: () => taken,
    open: () => clients.size,
    end: () => clients.forEach((client) => void client.end()),
    reset: () => clients.forEach((client) => void client.resetAndDestroy()),
    freeze() {
      isFrozen = true
    },
    thaw() {
      isFrozen = false
    },
    sent: () => sent,
    async close() {
      listener.close()
      for (const client of clients) client.destroy()
      await once(listener, 'close')
    },
  }
}

function ignore(): void {
  // The other side has closed, which is what this proxy is for.
}

// A self-signed certificate for `localhost`, and its key; both are only for tests.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTEgFdGnPCgFyTuY1
kFFpmRIfgQD1qiV8cNNuMvuTDSahRANCAARK8bCGPSCUM3RODXgiJ1uYfNX4B7Wy
G3hQXYCoFWhEiWC1SBjNvsDVPMGBUw5kMzX4bwhoYW1Z6HkHYv7jI5yY
-----END PRIVATE KEY-----`
const certificate = `-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUUYApmvER0f+RbrsQxx3xN4Bb5pMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTA5MjcwOVoYDzIxMjYxMTA1
MDkyNzA5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARK8bCGPSCUM3RODXgiJ1uYfNX4B7WyG3hQXYCoFWhEiWC1SBjNvsDV
PMGBUw5kMzX4bwhoYW1Z6HkHYv7jI5yYo2kwZzAdBgNVHQ4EFgQU6vISyW74p/Y9
SoInINI/JaPbwJgwHwYDVR0jBBgwFoAU6vISyW74p/Y9SoInINI/JaPbwJgwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
RwAwRAIgfMm1SrFEhgvVcu6/R9z0pSgbN9WAAChD/b/UowELo50CIDaKc1SEKE+S
jFHtytvueu/FljGkbGJth/jG8h9PJUpr
-----END CERTIFICATE-----`
