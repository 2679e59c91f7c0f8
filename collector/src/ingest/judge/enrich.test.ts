/** What is kept of the raw fields of an event. */
import type { WireEvent } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import { createSecrets } from '../../secrets.ts'
import { testToken } from '../../websites/testing.ts'
import { readPage } from '../landing.ts'
import { createEnricher } from './enrich.ts'

const wire: WireEvent = { idempotency_key: 'k', type: 'page', occurred_at: '' }
const times = { occurredAt: 2, sessionStartedAt: 1, touchedAt: [] }
const enrich = (fields: Partial<WireEvent>, websiteId = '1') =>
  createEnricher(createSecrets('pepper')).enrich({ ...wire, ...fields }, times, testToken({ websiteId }))

describe('an identity', () => {
  it('is a hash, different on every website, equal with blanks around it', () => {
    const { cookie, user, others } = enrich({
      anonymous_id: 'x',
      user_id: ' x ',
      identities: [{ type: 'ga_cid', value: 'x' }],
    })
    expect([cookie?.type, user?.type, others[0]?.type]).toEqual(['cookie', 'user_id', 'ga_cid'])
    expect(new Set([cookie?.hash, user?.hash, others[0]?.hash]).size).toBe(3)
    expect(enrich({ user_id: 'x' }).user).toEqual(user)
    expect(enrich({ user_id: 'x' }, '2').user).not.toEqual(user)
    expect(JSON.stringify([cookie, user])).toMatch(/[0-9a-f]{64}/)
  })

  it('of the e-mail is distinguished from the others', () => {
    const value = 'a'.repeat(64)
    expect(enrich({ identities: [{ type: 'email_hash', value }] }).emailHash).toBe(value)
    expect(enrich({ identities: [{ type: 'ga_cid', value }] }).emailHash).toBeUndefined()
  })
})

describe('an address', () => {
  it('is stored without credentials and personal data', () => {
    expect(enrich({ url: 'https://u:p@shop.example/a?token=1&q=2&email=a@b.example#frag' }).url).toBe(
      'https://shop.example/a?q=2',
    )
  })

  it('that is invalid is left out', () => {
    expect(enrich({ url: 'javascript:alert(1)' }).url).toBeNull()
    expect(
      enrich({ anonymous_id: 'x', session: { id: 's', started_at: '', landing_url: 'nowhere' } }).session
        ?.landingUrl,
    ).toBeNull()
  })

  it('is the same page with any campaign, and with its query in any order', () => {
    const pages = ['?a=1&b=2', '?b=2&utm_source=x&a=1', '?gclid=y&a=1&b=2'].map((query) =>
      readPage(`https://shop.example/p${query}`),
    )
    expect(new Set(pages.map((page) => `${page?.path} ${page?.queryHash}`)).size).toBe(1)
    expect(readPage('https://shop.example/p')?.queryHash).toBe('')
  })
})

it('a session begins at its corrected start, and has a UUID', () => {
  const { session } = enrich({ anonymous_id: 'x', session: { id: 'not-a-uuid', started_at: '' } })
  expect(session).toMatchObject({ startedAt: 1, clientId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
})

it('a session without a visitor is left out', () => {
  expect(enrich({ session: { id: 's', started_at: '' } }).session).toBeUndefined()
})
