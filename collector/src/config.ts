/** Settings from the environment; every wrong one is reported at once, before anything starts. */
import { z } from 'zod'

export type Config = ServerConfig & DatabaseConfig

/** PostgreSQL with the pepper for its hashes, or PGlite in `dataDir`, which keeps a generated pepper unless one is set. */
export type DatabaseConfig =
  | { databaseUrl: string; pepper: string }
  | { databaseUrl?: undefined; pepper?: string }

export interface ServerConfig {
  /** Folder of the embedded database; default `.headwater/data`. */
  dataDir: string
  /** Default 127.0.0.1. */
  host: string
  /** Default 8787; 0 picks a free port. */
  port: number
  /** Number of trusted proxies that append to X-Forwarded-For; default 0: the header is ignored. */
  trustedProxyHops: number
}

/** Some settings are missing or wrong. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const settings = z
  .object({
    DATABASE_URL: z
      .string()
      .regex(
        /^postgres(ql)?:\/\//,
        'must begin with postgres:// or postgresql://, for example postgres://user:password@localhost:5432/headwater',
      )
      .optional(),
    HEADWATER_DATA_DIR: z.string().default('.headwater/data'),
    HOST: z.string().default('127.0.0.1'),
    PORT: z.coerce
      .number('must be a port number')
      .int()
      .min(0)
      .max(65_535, 'must be a port number, 0 to 65535')
      .default(8787),
    HEADWATER_PEPPER: z
      .string()
      .min(
        32,
        'must have at least 32 characters; generate one with `openssl rand -hex 32` and keep it: without it, no token or identity can be read',
      )
      .optional(),
    TRUSTED_PROXY_HOPS: z.coerce
      .number('must be the number of proxies')
      .int()
      .min(0)
      .max(10, 'must be 0 to 10')
      .default(0),
  })
  .refine((env) => !env.DATABASE_URL || env.HEADWATER_PEPPER, {
    path: ['HEADWATER_PEPPER'],
    message: 'is required with DATABASE_URL; generate one with `openssl rand -hex 32` and keep it',
    when: () => true, // even if another setting is wrong, so that all are reported at once
  })

/** Reads the settings. An empty variable counts as absent. Throws a ConfigError that names every wrong one. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = settings.safeParse(present)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`)
    throw new ConfigError(`Invalid settings:\n${lines.join('\n')}`)
  }
  const read = parsed.data
  return {
    ...({ databaseUrl: read.DATABASE_URL, pepper: read.HEADWATER_PEPPER } as DatabaseConfig), // the schema requires both together
    dataDir: read.HEADWATER_DATA_DIR,
    host: read.HOST,
    port: read.PORT,
    trustedProxyHops: read.TRUSTED_PROXY_HOPS,
  }
}
