/** What `headwater customer` prints for people. */
import type { Erasure } from '../identity/erase/erasure.ts'
import type { MergeOutcome, PersonChange, UnmergeOutcome } from '../identity/merge.ts'
import type { ConflictPage, ListedConflict } from '../identity/people/conflicts.ts'
import type { PersonConflict, PersonIdentity, PersonMerge } from '../identity/people/person-record.ts'
import type { PersonView } from '../identity/people/show-person.ts'
import type { TimelineEvent } from '../identity/people/timeline.ts'
import { moneyText } from './money.ts'
import { createTimeText, type WriteTime, zoneText } from './time-text.ts'

export function personText(person: PersonView): string {
  const { customers, identities, merges, conflicts, counts, timeline, time_zone } = person
  const time = createTimeText(time_zone)
  const open = conflicts.filter(({ status }) => status === 'open')
  const seen = customers.map(({ first_seen_at, last_seen_at }) => [first_seen_at, last_seen_at].map(time))
  const [first, last] = [
    seen.map(([at]) => at).sort()[0],
    seen
      .map(([, at]) => at)
      .sort()
      .at(-1),
  ]
  const totals = [
    countText(counts.sessions, 'session'),
    countText(counts.events, 'event'),
    countText(counts.touches, 'touch', 'touches'),
    countText(counts.conversions, 'conversion'),
    ...(counts.refunds > 0 ? [countText(counts.refunds, 'refund')] : []),
    ...(counts.uncounted_conversions > 0
      ? [`${countText(counts.uncounted_conversions, 'conversion')} not counted`]
      : []),
  ]
  return [
    `Customer ${person.id}, ${isKnown(person) ? 'known by a user id' : 'anonymous'}`,
    `First seen ${first}, last seen ${last}`,
    totals.join(', '),
    zoneText(time_zone),
    ...section('Customers that are this person', customers, (each) => customerLine(each, time)),
    ...section('Identities', identities, (each) => identityLine(each, time)),
    ...section('Merges', merges, (each) => mergeLine(each, time)),
    ...section('Open conflicts', open, conflictLine),
    ...section('Newest events', timeline.events, (each) => eventLine(each, time)),
    ...(timeline.cursor === null ? [] : ['', `Earlier events: add --cursor ${timeline.cursor}`]),
  ].join('\n')
}

const isKnown = ({ customers }: PersonView) => customers.some(({ has_user_id }) => has_user_id)

function section<Row>(title: string, rows: readonly Row[], line: (row: Row) => string): string[] {
  return rows.length === 0 ? [] : ['', title, ...rows.map((row) => `  ${line(row)}`)]
}

const customerLine = (
  { id, has_user_id, first_seen_at, last_seen_at }: PersonView['customers'][number],
  time: WriteTime,
) =>
  `${id}  ${has_user_id ? 'has a user id' : 'anonymous'}, seen from ${time(first_seen_at)} to ${time(last_seen_at)}`

const identityLine = ({ type, value_hash, customer_id, since, until }: PersonIdentity, time: WriteTime) =>
  `${type}  ${value_hash.slice(0, 12)}…  of customer ${customer_id} since ${time(since)}${until ? ` until ${time(until)}` : ''}`

function mergeLine(merge: PersonMerge, time: WriteTime): string {
  const { id, from, into, cause, merged_by, merged_at, reason, undone_by, undone_at } = merge
  const why = causes[cause]
  const undone = undone_at === null ? 'in force' : `undone by ${undone_by} on ${time(undone_at)}`
  return `${id}  ${from} with ${into}: ${why}, by ${merged_by ?? 'the collector'} on ${time(merged_at)}${reason ? ` (“${reason}”)` : ''}, ${undone}`
}

const causes: Record<PersonMerge['cause'], string> = {
  sign_in: 'signed in on the same device',
  email_hash: 'same e-mail address',
  manual: 'merged by hand',
}

const conflictLine = ({ id, kind, customer_id, other_customer_id }: PersonConflict) =>
  `${id}  ${conflictKinds[kind] ?? kind}: customer ${customer_id}${other_customer_id === null ? '' : ` and customer ${other_customer_id}`}`

const conflictKinds: Record<string, string> = {
  shared_email: 'the same e-mail address',
  two_user_ids: 'two user ids on one device',
  too_many_merges: 'too many merges',
  too_many_identities: 'too many identities',
}

function eventLine(
  { occurred_at, type, name, url, revenue_cents, currency, conversion }: TimelineEvent,
  time: WriteTime,
): string {
  const money = revenue_cents === null || currency === null ? '' : moneyText(revenue_cents, currency)
  const what = name === type ? type : `${type} ${name}`
  return [time(occurred_at), what, money, conversion && conversionText(conversion), url]
    .filter(Boolean)
    .join('  ')
}

function conversionText({ id, counted, is_refund }: NonNullable<TimelineEvent['conversion']>): string {
  const what = is_refund ? 'refund' : 'conversion'
  return `${what}${counted ? '' : ', not counted'} ${id}`
}

export function mergeText({ merge, person, changes }: MergeOutcome, websiteId: string): string {
  if (merge === null) return `Nothing to do: both customers are person ${person} already.`
  return [
    `Merge ${merge} is in force. The person is customer ${person} now.`,
    ...changes.map(changeLine),
    `Credit follows within seconds. To undo it: headwater customer unmerge --merge ${merge} --website ${websiteId}`,
  ].join('\n')
}

export function unmergeText({ undone, changes }: UnmergeOutcome): string {
  if (undone.length === 0) return 'Nothing to do: no such merge is in force.'
  const done = undone.map(({ id, from, into }) => `Merge ${id} of ${from} with ${into} is undone.`)
  if (changes.length === 0) return [...done, 'Other merges still make them one person.'].join('\n')
  return [...done, ...changes.map(changeLine), 'Credit follows within seconds.'].join('\n')
}

const changeLine = ({ customer, after }: PersonChange) =>
  customer === after
    ? `Customer ${customer} is a person of its own.`
    : `Customer ${customer} is part of person ${after}.`

export function erasureText({
  customer_id,
  customer_ids,
  erased_at,
  finished_at,
  erased_by,
  identities,
  rows,
}: Erasure): string {
  const gone = Object.entries(rows).filter(([, count]) => count > 0)
  const width = Math.max(...gone.map(([, count]) => `${count}`.length))
  const also = customer_ids.filter((id) => id !== customer_id)
  return [
    `Customer ${customer_id}${also.length > 0 ? ` (with ${also.join(', ')})` : ''} was erased by ${erased_by}. Events from before ${instant(erased_at)} are refused.`,
    ...(finished_at === null
      ? ['Rows are still being removed. Repeat the command for the final receipt.']
      : []),
    '',
    'Rows removed',
    ...gone.map(([table, count]) => `  ${`${count}`.padStart(width)}  ${table}`),
    '',
    identities === 1
      ? '1 identity stays as a hash, so that late events can be refused.'
      : `${identities} identities stay as hashes, so that late events can be refused.`,
  ].join('\n')
}

export function conflictsText({ conflicts, cursor, time_zone }: ConflictPage, websiteId: string): string {
  const time = createTimeText(time_zone)
  if (conflicts.length === 0) return 'There are no such conflicts.'
  const line = (conflict: ListedConflict) =>
    `${conflictLine(conflict)}, last seen ${time(conflict.last_seen_at)}, ${conflict.status}`
  return [
    ...conflicts.map(line),
    '',
    zoneText(time_zone),
    `If they are one person: headwater customer merge <customer> <customer> --website ${websiteId}. If not: headwater customer conflicts --dismiss <id> --website ${websiteId}.`,
    ...(cursor === null ? [] : [`More: add --cursor ${cursor}`]),
  ].join('\n')
}

const countText = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** Of a receipt, which is kept and names its own time zone: a Date, or its ISO text where the answer came over HTTP. */
const instant = (at: Date | string) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
