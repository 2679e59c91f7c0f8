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
  const count = (n: number) => n.toLocaleString('en')
  const looked = `Looked at ${count(touches)} touches by the rules ${ruleset}.`
  if (moves.length === 0) return `${looked}\nAll of them are in the right channel.`
  return [
    looked,
    '',
    ...moves.map(moveText),
    '',
    `Credit of ${count(conversions)} conversions would move. ${count(renamed)} touches would keep their channel. Nothing is changed yet.`,
  ].join('\n')
}

function moveText({ from, to, touches, conversions, value }: ChannelMove): string {
  const change = from === to ? `${to} (only whether it was paid)` : `${from ?? '(no channel yet)'} → ${to}`
  const amounts = value.map(({ cents, currency }) => moneyText(cents, currency))
  return [
    `${change}: ${touches.toLocaleString('en')} touches`,
    `${conversions} conversions`,
    ...amounts,
  ].join(', ')
}

const ruleText = ({ channel, conditions }: ChannelRule) =>
  `${channel}  if ${conditions.map(conditionText).join(' and ')}`

function conditionText(condition: ChannelCondition): string {
  const value = condition.op === 'in' ? condition.values : condition.value
  return `${condition.field} ${condition.op} ${JSON.stringify(value)}`
}
