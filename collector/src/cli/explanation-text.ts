/** Writes the explanation of a conversion for people who know campaigns, not models. */
import type {
  ConsideredTouch,
  CreditMove,
  ExplainedConversion,
  ExplainedMerge,
  ExplainedOrder,
  ExplainedTouch,
  ExplainedVersion,
  Explanation,
  NotCounted,
  OrderPart,
  UncountedTouch,
} from '../credit/explain/explanation.ts'
import { moneyText } from './money.ts'

/** What every part of the text needs. */
interface Words {
  /** A time in the time zone of the website. */
  time(at: string): string
  amount(cents: number): string
}

export function explanationText(explanation: Explanation): string {
  const { conversion, person, order, pending, pending_reasons, not_listed, time_zone } = explanation
  const words = createWords(explanation)
  const touches = explanation.touches.map((touch) => considered(touch, conversion, words))
  const uncounted = explanation.not_counted.map((touch) => notCounted(touch, conversion, words))
  const further = not_listed > 0 ? [`… and ${not_listed.toLocaleString('en')} more, further away`] : []
  return [
    ...conversionLines(conversion, words),
    ...(order ? orderLines(order, words) : []),
    personLine(
      person.customers.map(({ id }) => id),
      person.id,
    ),
    ...person.merges.map((merge) => mergeLine(merge, words)),
    `Times are in ${time_zone}. Channels are those that the touches have today.`,
    ...(pending
      ? [
          `This person waits to be credited again (${pending_reasons.join(', ')}). What follows may change in a moment.`,
        ]
      : []),
    ...part('Touches, in order', touches.length > 0 ? touches : ['None. The conversion is unattributed.']),
    ...part('Touches that did not count', [...uncounted, ...further]),
    ...part(
      'History',
      explanation.versions.map((version) => versionLine(version, explanation, words)),
    ),
  ].join('\n')
}

function createWords({ conversion: { currency }, time_zone }: Explanation): Words {
  const format = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone: time_zone,
  })
  return {
    time: (at) => format.format(new Date(at)), // 2026-11-20 12:00
    amount: (cents) => (currency === null ? '' : moneyText(cents, currency)),
  }
}

const part = (title: string, lines: readonly string[]) =>
  lines.length > 0 ? ['', title, ...lines.map((line) => `  ${line}`)] : []

function conversionLines(conversion: ExplainedConversion, { time, amount }: Words): string[] {
  const { id, name, conversion_id, value_cents, occurred_at, rule, lookback_days, default_model } = conversion
  const facts = [
    `${name}, ${time(occurred_at)}`,
    ...(conversion_id === null ? [] : [`order ${conversion_id}`]),
    value_cents === null ? 'no value' : amount(value_cents),
  ]
  const by = rule
    ? `Rule ${rule.name ?? rule.id} made it a conversion`
    : 'The event itself said that it is a conversion'
  const counts = conversion.not_counted === null ? 'It counts' : notCountedText(conversion.not_counted)
  return [
    `Conversion ${id}: ${facts.join(', ')}`,
    `${counts}. ${by}.`,
    `Touches of the ${days(lookback_days)} before it earn credit; reports attribute it by ${default_model}.`,
  ]
}

function notCountedText({ reason, conversion }: NotCounted): string {
  const other = conversion === null ? 'another one' : `conversion ${conversion}`
  if (reason === 'refund_of_uncounted')
    return `It does not count, because it refunds ${other}, which does not`
  const what = reason === 'once_per_session' ? 'session' : 'customer'
  return `It does not count, because its rule counts once for each ${what}, and ${other} came first`
}

function orderLines(
  { refund_of, refunds, net_cents, over_refund_cents }: ExplainedOrder,
  words: Words,
): string[] {
  const { time, amount } = words
  const partText = ({ id, occurred_at, value_cents }: OrderPart) =>
    `conversion ${id}, ${time(occurred_at)}, ${amount(value_cents ?? 0)}`
  const over = over_refund_cents > 0 ? `, and ${amount(over_refund_cents)} too much (over-refund)` : ''
  const net = net_cents === null ? '' : ` It leaves ${amount(net_cents)}${over}.`
  if (!refund_of && net_cents === null)
    return [
      'It refunds no conversion: none has this name, order number and currency. It is credited on its own.',
    ]
  return [
    ...(refund_of ? [`It refunds ${partText(refund_of)}, and takes back what that earned.`] : []),
    `Refunded: ${refunds.map(partText).join('; ')}.${net}`,
  ]
}

const personLine = (customerIds: readonly string[], id: string) =>
  customerIds.length > 1
    ? `Person ${id}, of the customers ${customerIds.join(', ')}.`
    : `Person ${id}, one customer.`

function mergeLine(merge: ExplainedMerge, { time }: Words): string {
  const { id, from_customer_id, into_customer_id, cause, at, merged_by, undone_at, undone_by } = merge
  const by = merged_by === null ? '' : ` by ${merged_by}`
  const undone = undone_at === null ? '' : `, undone ${time(undone_at)} by ${undone_by}`
  return `  Merge ${id}: ${from_customer_id} into ${into_customer_id}, ${time(at)}, ${causes[cause] ?? cause}${by}${undone}.`
}

const causes: Record<string, string> = {
  sign_in: 'signed in',
  email_hash: 'same e-mail',
  manual: 'merged',
}

function considered(touch: ConsideredTouch, conversion: ExplainedConversion, words: Words): string {
  const shares = touch.credit
    .filter(({ weight }) => weight > 0)
    .map(({ model, weight, value_cents }) =>
      value_cents === null ? `${model} ${percent(weight)}` : `${model} ${words.amount(value_cents)}`,
    )
  const excluding = touch.credit.filter(({ reason }) => reason === 'direct_excluded')
  const marks = [
    ...(excluding.length > 0
      ? [`left out as direct by ${excluding.map(({ model }) => model).join(', ')}`]
      : []),
    ...(touch.id === conversion.attributed_touch_id ? ['attributed'] : []),
    ...(touch.leaves_because ? [`will lose it: ${reasonText(touch, touch.leaves_because, conversion)}`] : []),
  ]
  return [touchText(touch, words), shares.join(', ') || 'no share', ...marks].join(' | ')
}

function notCounted(touch: UncountedTouch, conversion: ExplainedConversion, words: Words): string {
  const separated = touch.separated_at === null ? '' : `, separated ${words.time(touch.separated_at)}`
  return `${touchText(touch, words)} | ${reasonText(touch, touch.reason, conversion)}${separated}`
}

function reasonText(
  { customer_id }: ExplainedTouch,
  reason: UncountedTouch['reason'],
  { lookback_days }: ExplainedConversion,
): string {
  const texts: Record<UncountedTouch['reason'], string> = {
    after_conversion: 'after the conversion',
    older_than_lookback: `more than ${days(lookback_days)} before the conversion`,
    beyond_limit: 'older than the latest touches that are looked at',
    bot: 'left by a bot',
    withdrawn: 'its session turned out to begin elsewhere',
    other_person: `belongs to another person: customer ${customer_id}`,
  }
  return texts[reason]
}

/** For example `2026-11-20 12:00  Paid Search  google / cpc / spring`. */
const touchText = (touch: ExplainedTouch, { time }: Words) =>
  [time(touch.occurred_at), channelText(touch), sourceText(touch)].filter(Boolean).join('  ')

const channelText = ({ channel, is_direct }: ExplainedTouch) =>
  channel ?? (is_direct ? 'Direct' : '(no channel yet)')

/** A reported contact without a source is known by its type, such as `email_open`. */
function sourceText({ source, medium, campaign, type }: ExplainedTouch): string {
  const names = [source, medium, campaign]
  while (names.length > 0 && !names.at(-1)) names.pop()
  return names.map((name) => name ?? '–').join(' / ') || (type === 'landing' ? '' : type)
}

const days = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`

const percent = (weight: number) => `${(weight * 100).toLocaleString('en', { maximumFractionDigits: 1 })} %`

/** Only what moved under the model that reports attribute by; with `--json`, all of it. */
function versionLine(
  { version, reason, at, moved }: ExplainedVersion,
  { conversion, touches, not_counted }: Explanation,
  words: Words,
): string {
  const known = new Map([...touches, ...not_counted].map((touch) => [touch.id, touch]))
  const shown = moved.filter(({ model }) => model === conversion.default_model)
  const texts = shown.map((move) => moveText(move, known.get(move.touch_id), words))
  if (version === 1) return `version 1, ${words.time(at)}: credited for the first time`
  const said = `version ${version}, ${words.time(at)}, ${reasonsInWords[reason] ?? reason}`
  if (shown.length === 0) return `${said}: nothing moved under ${conversion.default_model}`
  const isOfSettings = reason === 'model_changed' || reason === 'rule_changed'
  if (isOfSettings && shown.every(({ weight_before }) => weight_before === null))
    return `${said}: ${conversion.default_model} is computed from here on: ${texts.join(', ')}`
  if (isOfSettings && shown.every(({ weight_after }) => weight_after === null))
    return `${said}: ${conversion.default_model} is not computed from here on`
  return `${said}: ${texts.join(', ')}`
}

const reasonsInWords: Record<string, string> = {
  late_touch: 'a touch arrived late',
  deferred: 'stored before its credit',
  merge: 'customers turned out to be one person',
  unmerge: 'a merge was undone',
  refund: 'a refund or its purchase arrived',
  erase: 'a person was erased',
  rule_changed: 'conversion rules changed',
  model_changed: 'settings changed',
  channel_changed: 'channels of touches changed',
}

function moveText(move: CreditMove, touch: ExplainedTouch | undefined, { amount }: Words): string {
  const source = touch && sourceText(touch)
  const name = touch ? channelText(touch) + (source ? ` (${source})` : '') : `touch ${move.touch_id}`
  const { cents_before, cents_after, weight_before, weight_after } = move
  if (cents_before === null && cents_after === null) {
    const change = (weight_after ?? 0) - (weight_before ?? 0)
    return `${name} ${signOf(change)}${percent(Math.abs(change))}`
  }
  const change = (cents_after ?? 0) - (cents_before ?? 0)
  return `${name} ${signOf(change)}${amount(Math.abs(change))}`
}

const signOf = (change: number) => (change < 0 ? '−' : '+')
