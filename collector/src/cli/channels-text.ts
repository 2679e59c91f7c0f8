/** What `headwater channels` prints. */
import type { ChannelCondition, ChannelRule } from '@headwater/attribution/channels'
import type { ChannelList } from '../channels/operations.ts'
import type { ChannelMove, ChannelPreview } from '../channels/preview-channels.ts'
import { moneyText } from './money.ts'

export function channelListText({ ruleset, rules, channels }: ChannelList): string {
  const own = rules.map((rule, index) => `${index + 1}  ${ruleText(rule)}`)
  return [
    `Rules ${ruleset}`,
    ...own,
    `${rules.length > 0 ? 'then' : 'Channels'}: ${channels.join(', ')}`,
  ].join('\n')
}

export function channelPreviewText({
  ruleset,
  touches,
  renamed,
  moves,
  conversions,
}: ChannelPreview): string {
  const looked = `Looked at ${touchCount(touches)} by the rules ${ruleset}.`
  if (moves.length === 0) return `${looked}\nAll of them are in the right channel.`
  return [
    looked,
    '',
    ...moves.map(moveText),
    '',
    `Credit of ${conversionCount(conversions)} would move. ${touchCount(renamed)} would only get the name of the rules. Nothing is changed yet.`,
  ].join('\n')
}

function moveText({ from, to, touches, conversions, value }: ChannelMove): string {
  const change = from === to ? `${to} (only whether it was paid)` : `${from ?? '(no channel yet)'} → ${to}`
  const amounts = value.map(({ cents, currency }) => moneyText(cents, currency))
  return [`${change}: ${touchCount(touches)}`, conversionCount(conversions), ...amounts].join(', ')
}

const touchCount = (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'touch' : 'touches'}`
const conversionCount = (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'conversion' : 'conversions'}`

const ruleText = ({ channel, conditions }: ChannelRule) =>
  `${channel}  if ${conditions.map(conditionText).join(' and ')}`

function conditionText(condition: ChannelCondition): string {
  const value = condition.op === 'in' ? condition.values : condition.value
  return `${condition.field} ${condition.op} ${JSON.stringify(value)}`
}
