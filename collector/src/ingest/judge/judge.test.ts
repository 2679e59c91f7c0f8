/** What the pure steps make of a batch together: each is tested on its own beside its file. */
import type { WireEvent } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import { createSecrets } from '../../secrets.ts'
import { testToken } from '../../websites/testing.ts'
import { type IngestEvent, isRejected, type Judged } from '../event.ts'
import { noon, testRequest } from '../testing.ts'
import { toUuid } from '../uuid.ts'
import { createJudge } from './judge.ts'

const secrets = createSecrets('pepper')
const hour = 3_600_000
const token = testToken({ websiteId: '7' })
const request = testRequest({ token })
const iso = (ms: number) => new Date(ms).toISOString()
const wire = (fields: Partial<WireEvent> = {}): WireEvent => ({
  idempotency_key: 'k',
  type: 'page',
  name: '/',
  occurred_at: iso(noon - 1_000),
  anonymous_id: 'a',
  ...fields,
})
const judge = (events: unknown[], as = request): Judged[] => createJudge(secrets)({ v: 1, events }, as)
const judgeOne = (fields: Partial<WireEvent>, as = request) => judge([wire(fields)], as)[0] as IngestEvent
const hash = (type: string, value: string) => secrets.hashIdentity('7', type, value)

it('an event leaves with its request, its place, its key and all that its fields mean', () => {
  const url = 'https://shop.example/?utm_source=mail'
  const props = { size: 'L' }
  const fields = {
    idempotency_key: 'k1',
    user_id: 'u',
    identities: [{ type: 'crm', value: '9' }],
    stream: 's',
    seq: 4,
    url,
    props,
  }
  const [, event] = judge([42, wire(fields)]) as [Judged, IngestEvent]
  const source = { utm: { source: 'mail' }, isDirect: false }
  const page = { path: '/', queryHash: '', url }
  expect(event).toEqual({
    request,
    index: 1,
    wire: expect.objectContaining({ idempotency_key: 'k1' }),
    key: toUuid('k1'),
    copyName: `7 ${toUuid('k1')}`,
    occurredAt: noon - 1_000,
    props: JSON.stringify(props),
    url,
    cookie: expect.objectContaining({ type: 'cookie', hash: hash('cookie', 'a') }),
    user: expect.objectContaining({ type: 'user_id', hash: hash('user_id', 'u') }),
    others: [expect.objectContaining({ type: 'crm', hash: hash('crm', '9') })],
    emailHash: undefined,
    position: { stream: toUuid('s'), seq: 4 },
    session: undefined,
    arrival: expect.objectContaining({ clientId: toUuid('k1'), isAssigned: true, startedAt: noon - 1_000 }),
    touches: [{ key: expect.any(String), type: 'landing', at: noon - 1_000, origin: { source, page } }],
    earlierTouches: [],
    conversion: null,
  })
})

describe('an event is rejected, with what can be read of it,', () => {
  it.each<[string, Partial<WireEvent>, string]>([
    ['when a field is wrong', { type: 'walk' as 'page' }, 'invalid_field'],
    ['when an id is a placeholder', { user_id: 'null' }, 'illegal_id'],
    ['when its time cannot be right', { occurred_at: iso(noon + hour) }, 'in_future'],
  ])('%s', (_, fields, code) => {
    const [first, rejected] = judge([wire(), wire({ idempotency_key: 'k2', ...fields })])
    expect(first && isRejected(first)).toBe(false)
    expect(rejected).toMatchObject({
      request,
      index: 1,
      key: toUuid('k2'),
      fault: { code },
      identityHashes: expect.arrayContaining([hash('cookie', 'a')]),
    })
  })
})

describe('the clock of the sender', () => {
  const ahead = testRequest({ token, sentAt: noon + hour })

  it('corrects the event, its session and its earlier touches before their times are screened', () => {
    const session = { id: 's', started_at: iso(noon + hour - 60_000), landing_url: 'https://shop.example/' }
    const touches = [{ session_id: 't', occurred_at: iso(noon - hour), url: 'https://shop.example/?gclid=X' }]
    const event = judgeOne(
      { occurred_at: iso(noon + hour - 1_000), session, touches, conversion: true },
      ahead,
    )
    expect(event.occurredAt).toBe(noon - 1_000)
    expect(event.session?.startedAt).toBe(noon - 60_000)
    expect(event.touches.map(({ at }) => at)).toEqual([noon - 60_000])
    expect(event.earlierTouches.map(({ at }) => at)).toEqual([noon - 2 * hour])
  })

  it('is taken for right when it is not sent', () => {
    expect(judge([wire({ occurred_at: iso(noon + hour) })])[0]).toMatchObject({
      fault: { code: 'in_future' },
    })
  })
})

it('a session that is reported leaves the touch, and no other is opened', () => {
  const session = {
    id: 's',
    started_at: iso(noon - 60_000),
    landing_url: 'https://shop.example/?utm_source=a',
  }
  const event = judgeOne({ session, url: 'https://shop.example/?utm_source=b' })
  expect(event.arrival).toBeUndefined()
  expect(event.touches.map(({ origin }) => origin.source.utm.source)).toEqual(['a', 'b'])
})

it('an event of a server, which has no cookie, opens no session and leaves no landing', () => {
  const event = judgeOne({ anonymous_id: undefined, user_id: 'u', type: 'track' })
  expect([event.cookie, event.session, event.arrival, event.touches]).toEqual([
    undefined,
    undefined,
    undefined,
    [],
  ])
})
