import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

describe('readConfig', () => {
  it('defaults to PGlite in .headwater/data, at 127.0.0.1:8787', () => {
    expect(readConfig({ PORT: '', HOST: undefined })).toEqual({
      databaseUrl: undefined,
      dataDir: '.headwater/data',
      host: '127.0.0.1',
      port: 8787,
      pepper: undefined,
      trustedProxyHops: 0,
    })
  })

  it('reports all wrong settings at once, each with what to do', () => {
    const read = () =>
      readConfig({
        DATABASE_URL: 'mysql://db',
        PORT: 'http',
        HEADWATER_PEPPER: 'short',
        TRUSTED_PROXY_HOPS: '-1',
      })
    expect(read).toThrow(/DATABASE_URL must begin with postgres/)
    expect(read).toThrow(/PORT must be a port number/)
    expect(read).toThrow(/HEADWATER_PEPPER must have at least 32 characters/)
    expect(read).toThrow(/TRUSTED_PROXY_HOPS/)
  })

  it('requires a pepper with a DATABASE_URL', () => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://localhost/x', PORT: '99999' })).toThrow(
      /PORT[\s\S]*HEADWATER_PEPPER is required/,
    )
  })
})
