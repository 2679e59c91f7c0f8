/** The settings of a website as options of the command line. */

interface SettingOption {
  description: string
  /** The value that a text stands for; the text itself where it stands for none, so that the check can name it. */
  read(text: string): unknown
}

const text = (value: string) => value
const number = (value: string) => (/^\d+$/.test(value) ? Number(value) : value)
const list = (value: string) => value.split(',').flatMap((each) => each.trim() || [])
const yesOrNo = (value: string) => ({ true: true, false: false })[value] ?? value

const options: Record<string, SettingOption> = {
  'time-zone': { description: 'Where its days begin, for example Europe/Berlin', read: text },
  'sessions-end-at-midnight': {
    description: 'Whether midnight ends a session: true or false',
    read: yesOrNo,
  },
  'lookback-days': { description: 'How far before a conversion a touch earns credit', read: number },
  'default-model': { description: 'The model that decides which touches a conversion names', read: text },
  models: { description: 'Models whose credit is stored, separated by commas', read: list },
  'horizon-days': { description: 'How old an event may be when it arrives', read: number },
  'ignored-referrers': {
    description: 'Hosts that only pass visitors on, separated by commas, besides those known',
    read: list,
  },
  'events-per-minute': {
    description: 'How many events each token may send, or none for no limit',
    read: (value) => (value === 'none' ? null : number(value)),
  },
}

/** For the command: all of them are optional texts. */
export const settingOptions = Object.fromEntries(
  Object.entries(options).map(([name, { description }]) => [name, { type: 'string', description } as const]),
)

/** The settings that are given, by their names in JSON. */
export function readSettingOptions(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, { read }]) => {
      const given = args[name]
      return typeof given === 'string' ? [[name.replaceAll('-', '_'), read(given)]] : []
    }),
  )
}
