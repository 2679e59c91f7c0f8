/** States what is known about an event at the moment of the call. */
import { needed } from '@headwater/testkit/fake-page'
import { createFakePorts, noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { type ClientOptions, readOptions } from '../options.ts'
import type { Place } from '../ports.ts'
import { createDrafter } from './draft.ts'

const drafterOn = (ports = createFakePorts(), options: Partial<ClientOptions> = {}) =>
  createDrafter({ ...ports, settings: readOptions({ ...needed, ...options }) })

/** A draft on a page that was opened there. */
function draftAt(here: Place, options: Partial<ClientOptions> = {}) {
  const ports = createFakePorts()
  ports.lifecycle.here = here
  return drafterOn(ports, options)({ type: 'page' })
}

test('a draft has its key, its time, its place and its number in the stream', async () => {
  const ports = createFakePorts()
  ports.lifecycle.here = { url: 'https://shop.example/a', title: 'A', referrer: 'https://news.example/' }
  const draft = drafterOn(ports)
  const first = draft({ type: 'track', name: 'one' })
  await ports.clock.advance(1_500)
  const second = draft({ type: 'track', name: 'two' })

  expect(first.event).toEqual({
    idempotency_key: expect.any(String),
    type: 'track',
    name: 'one',
    occurred_at: '2026-11-20T12:00:00.000Z',
    stream: expect.any(String),
    seq: 1,
    url: 'https://shop.example/a',
    title: 'A',
  })
  expect(first.arrival).toEqual({
    referrer: 'https://news.example/',
    landing: undefined,
    openedAt: ports.clock.openedAt,
  })
  expect(second.arrival).toBeUndefined()
  expect(second.event).toMatchObject({
    occurred_at: '2026-11-20T12:00:01.500Z',
    seq: 2,
    stream: first.event.stream,
  })
  expect(second.event.idempotency_key > first.event.idempotency_key).toBe(true)
})

test('each client instance has a stream of its own', () => {
  const ports = createFakePorts()
  const streams = [drafterOn(ports), drafterOn(ports)].map((draft) => draft({ type: 'page' }).event.stream)
  expect(streams[0]).not.toBe(streams[1])
})

describe('a call made before the client', () => {
  const moment = { key: 'k-early', at: noon - 3_000 }

  test('keeps its key and its time', () => {
    const { event } = drafterOn()({ type: 'track', name: 'a' }, moment)
    expect(event).toMatchObject({
      idempotency_key: 'k-early',
      occurred_at: '2026-11-20T11:59:57.000Z',
      seq: 1,
    })
  })
})

describe('addresses', () => {
  const reset = 'https://shop.example/reset?token=s3cret&lang=en#s3cret'

  test('contain no secret, whichever of the three it is', () => {
    const draft = draftAt({ url: reset, referrer: reset, landing: reset })
    expect(JSON.stringify(draft)).not.toContain('s3cret')
    expect(draft.event.url).toContain('lang=en')
  })

  test('lose the keys that the site lists, in addition to the usual ones', () => {
    const here = { url: 'https://shop.example/?member_no=1&token=2&a=3' }
    expect(draftAt(here, { sensitiveKeys: ['memberNo'] }).event.url).toBe('https://shop.example/?a=3')
  })

  test('on a page with a hook, the landing is the address that the hook returns', () => {
    const here = { url: 'https://shop.example/', landing: 'https://shop.example/?utm_source=mail' }
    expect(draftAt(here).arrival?.landing).toBe(here.landing)
    expect(draftAt(here, { beforeSend: (event) => event }).arrival?.landing).toBeUndefined()
  })

  test('stay missing if they are missing', () => {
    const { event, arrival } = draftAt({})
    expect([event.url, arrival?.referrer, arrival?.landing]).toEqual([undefined, undefined, undefined])
  })
})

describe('a referrer that only passes visitors on', () => {
  const url = 'https://shop.example/thanks'
  test.each([
    ['the host itself', 'https://pay.example.com/done', 'https://shop.example'],
    ['what is below it', 'https://eu.pay.example.com/', 'https://shop.example'],
    ['one on a port', 'https://pay.example.com:8443/', 'https://shop.example'],
    ['a name that only ends so', 'https://notpay.example.com/', 'https://notpay.example.com/'],
    ['what is above it', 'https://example.com/', 'https://example.com/'],
    ['any other', 'https://news.example/', 'https://news.example/'],
    ['none', undefined, undefined],
  ])('counts as the site itself: %s', (_, referrer, expected) => {
    const options = { ignoredReferrers: ['pay.example.com'] }
    expect(draftAt({ url, referrer }, options).arrival?.referrer).toBe(expected)
  })
})

test('the cookies of ad platforms are sent with conversions and identify only', () => {
  const ports = createFakePorts()
  ports.lifecycle.ads = { _fbc: 'fb.1.2.x' }
  const draft = drafterOn(ports)
  const adCookies = [
    draft({ type: 'page' }),
    draft({ type: 'track', name: 'a' }),
    draft({ type: 'track', name: 'b', conversion: true }),
    draft({ type: 'identify', user_id: 'u1' }),
  ].map(({ event }) => event.ad_cookies)
  expect(adCookies).toEqual([undefined, undefined, { _fbc: 'fb.1.2.x' }, { _fbc: 'fb.1.2.x' }])
})
