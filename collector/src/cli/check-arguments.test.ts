import { describe, expect, it } from 'vitest'
import { type CommandLike, checkArguments } from './check-arguments.ts'

const headwater: CommandLike = {
  subCommands: {
    customer: {
      subCommands: {
        erase: {
          args: {
            customer: { type: 'positional' },
            website: { type: 'string' },
            'two-user-ids': { type: 'string' },
            json: { type: 'boolean' },
          },
        },
      },
    },
    migrate: {},
  },
}

const faultOf = (line: string) => {
  try {
    checkArguments(headwater, line.split(' '))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

describe('the arguments of a command', () => {
  it.each([
    'customer erase 8 --website 1 --json',
    'customer erase --website=1 8',
    'customer erase --website 1 --two-user-ids unite',
    'customer erase --twoUserIds unite --no-json',
    'customer erase --website 1 -- --dry-run',
    'customer erase --help',
    'customer erase --website -1',
    'customer',
    'customer nothing',
    'migrate',
  ])('may be %s', (line) => expect(faultOf(line)).toBeUndefined())

  it.each([
    ['customer erase --website 1 --dry-run', 'Unknown option --dry-run.'],
    ['customer erase --dry-run=true', 'Unknown option --dry-run.'],
    ['customer erase 8 9', 'Unknown argument 9.'],
    ['customer erase -x', 'Unknown option -x.'],
    ['migrate now', 'Unknown argument now.'],
  ])('may not be %s', (line, fault) => {
    expect(faultOf(line)).toContain(fault)
    expect(faultOf(line)).toContain('Nothing was done.')
  })
})
