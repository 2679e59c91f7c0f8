/** What somebody reads who looks after a collector while things fail. */
import { ConnectionError } from '@headwater/db/postgres-connection'
import { TimeLimitError } from '@headwater/db/time-limit'
import { describe, expect, it } from 'vitest'
import { createErrorLog } from './error-log.ts'

/** A log whose time passes when the test says so. */
function start() {
  const entries: string[] = []
  let now = 0
  let timers: { at: number; act: () => void }[] = []
  const onError = createErrorLog({
    write: (entry) => entries.push(entry),
    schedule: (act, afterMs) => timers.push({ at: now + afterMs, act }),
  })
  function pass(ms: number): void {
    now += ms
    const due = timers.filter(({ at }) => at <= now)
    timers = timers.filter(({ at }) => at > now)
    for (const { act } of due) act()
  }
  /** What has been written since the last look. */
  const read = () => entries.splice(0)
  return { onError, pass, read }
}

const repeat = (times: number, act: () => void) => {
  for (let i = 0; i < times; i += 1) act()
}

describe('an outage of the database', () => {
  it('is told once in words, then counted, then said to be over', () => {
    const { onError, pass, read } = start()
    onError(new ConnectionError('The connection to PostgreSQL at db:5432 was lost.'))
    repeat(300, () => onError(new TimeLimitError('No answer from the database within 3000 ms.')))
    repeat(14, () => onError(new ConnectionError('No connection to PostgreSQL at db:5432: refused')))
    expect(read()).toEqual([
      'The database is not available; requests that need it are answered with 503. The connection to PostgreSQL at db:5432 was lost.',
    ])
    pass(10_000)
    expect(read()).toEqual([
      'The database is not available: 314 more in the last 10 s, the last one: No connection to PostgreSQL at db:5432: refused',
    ])
    pass(10_000)
    expect(read()).toEqual(['The database is not available: not again in the last 10 s.'])
    pass(60_000)
    expect(read()).toEqual([])
  })

  it('that goes on is counted every 10 s', () => {
    const { onError, pass, read } = start()
    repeat(60, () => {
      onError(new TimeLimitError('late'))
      pass(1_000)
    })
    expect(read()).toHaveLength(1 + 6)
  })

  it('is one line when it was one failure', () => {
    const { onError, pass, read } = start()
    onError(new TimeLimitError('late'))
    pass(60_000)
    expect(read()).toHaveLength(1)
  })

  it('is told in words again when it comes again', () => {
    const { onError, pass, read } = start()
    onError(new TimeLimitError('late'))
    pass(10_000)
    onError(new TimeLimitError('late'))
    const [first, second] = read()
    expect(second).toBe(first)
  })
})

describe('any other failure', () => {
  it('is written with its stack and its cause, once', () => {
    const { onError, read } = start()
    repeat(3, () => onError(new TypeError('x is not a function', { cause: new Error('why') })))
    const [entry, ...more] = read()
    expect(entry).toMatch(/^TypeError: x is not a function\n +at .*error-log\.test\.ts/)
    expect(entry).toMatch(/cause.*why/)
    expect(more).toEqual([])
  })

  it('hides none of another kind', () => {
    const { onError, read } = start()
    onError(new TypeError('x is not a function'))
    onError(new TypeError('y is not a function'))
    onError(new TimeLimitError('late'))
    expect(read()).toHaveLength(3)
  })

  it('of PostgreSQL is of the kind that its SQLSTATE says, whatever value it quotes', () => {
    const { onError, pass, read } = start()
    for (const value of ['a', 'b', 'c'])
      onError(Object.assign(new Error(`not a uuid: ${value}`), { code: '22P02' }))
    expect(read()).toHaveLength(1)
    pass(10_000)
    expect(read()).toEqual(['PostgreSQL error 22P02: 2 more in the last 10 s, the last one: not a uuid: c'])
  })

  it.each([['text'], [undefined], [null]])('may be no error at all: %s', (thrown) => {
    const { onError, read } = start()
    onError(thrown)
    expect(read()).toHaveLength(1)
  })
})
