/** The settings of a website as command-line options. */
import { readJsonOption } from './read-json-option.ts'

interface SettingOption {
  description: string
  /** Parses an option; returns a text that cannot be parsed unchanged, for validation to report. */
  read(text: string): unknown
}

const text = (value: string) => value
const number = (value: string) => (/^\d+$/.test(value) ? Number(value) : value)
const list = (value: string) => value.split(',').flatMap((each) => each.trim() || [])
/** A part such as `middle=20` is a setting of the model before it: parameters are separated by commas too. */
function modelList(value: string): string[] {
  const models: string[] = []
  for (const part of list(value)) {
    const before = /^[^:]*=/.test(part) ? models.pop() : undefined
    models.push(before === undefined ? part : `${before},${part}`)
  }
  return models
}
const yesOrNo = (value: string) => ({ true: true, false: false })[value] ?? value

const options: Record<string, SettingOption> = {
  'time-zone': { description: 'Time zone of its days, for example Europe/Berlin', read: text },
  'sessions-end-at-midnight': {
    description: 'Whether midnight ends a session: true or false',
    read: yesOrNo,
  },
  'lookback-days': { description: 'Days before a conversion in which a touch earns credit', read: number },
  'default-model': {
    description: 'Model that decides the attributed touch of a conversion, for example linear',
    read: text,
  },
  models: {
    description: 'Comma-separated models whose credit is stored: first,time_decay:half_life_days=7',
    read: modelList,
  },
  'horizon-days': { description: 'Maximum age in days of an event when it arrives', read: number },
  'ignored-referrers': {
    description: 'Comma-separated hosts to ignore as referrers, besides the built-in ones',
    read: list,
  },
  'events-per-minute': {
    description: 'Events per minute that each token may send, or none for no limit',
    read: (value) => (value === 'none' ? null : number(value)),
  },
  'channel-ruleset': { description: 'What names the channels: headwater or ga4', read: text },
  'channel-rules': {
    description: 'Channel rules that come first: a JSON file, or the JSON itself; [] for none',
    read: readJsonOption('channel-rules'),
  },
}

/** For the command: all are optional strings. */
export const settingOptions = Object.fromEntries(
  Object.entries(options).map(([name, { description }]) => [name, { type: 'string', description } as const]),
)

/** The given settings, by JSON name. */
export function readSettingOptions(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, { read }]) => {
      const given = args[name]
      return typeof given === 'string' ? [[name.replaceAll('-', '_'), read(given)]] : []
    }),
  )
}
