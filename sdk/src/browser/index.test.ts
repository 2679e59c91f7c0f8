/** States that the npm entry is safe to import on a server, and that its error says where it works. */
import { expect, test } from 'vitest'
import { ConfigError, createClient } from './index.ts'

const options = { token: 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs', endpoint: 'https://t.example.com' }

test('on a server the module can be imported, and createClient says where it works', () => {
  expect(() => createClient(options)).toThrow(ConfigError)
  expect(() => createClient(options)).toThrow(
    /^createClient: must run in a browser, found no window\. Call it /,
  )
})
