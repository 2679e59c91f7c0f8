/** What an operator reads while a collector fails. */
import { ConnectionError } from '@headwater/db/postgres-connection'
import { TimeLimitError } from '@headwater/db/time-limit'
import { describe, expect, it } from 'vitest'
import { createErrorLog } from './error-log.ts'

/** An error log with a clock that the test advances. */
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
  /** The entries since the last call. */
  const read = () => entries.splice(0)
  return { onError, pass, read }
}

const repeat = (times: number, act: () => void) => {
  for (let i = 0; i < times; i += 1) act()
}

describe('an outage of the database', () => {
  it('is logged once in words, then counted, then reported as over', () => {
    const { onError, pass, read } = start()
    onError(new ConnectionError('The connection to PostgreSQL at db:5432 was lost.'))
    repeat(300, () => onError(new TimeLimitError('No answer from the database within 3000 ms.')))
    repeat(14, () => onError(new ConnectionError('No connection to PostgreSQL at db:5432: refused')))
    expect(read()).toEqual([
      'The database is not available; requests that need it get 503. The connection to PostgreSQL at db:5432 was lost.',
    ])
    pass(10_000)
    expect(read()).toEqual([
      'The database is not available: 314 more in the last 10 s, latest: No connection to PostgreSQL at db:5432: refused',
    ])
    pass(10_000)
    expect(read()).toEqual(['The database is not available: no more in the last 10 s.'])
    pass(60_000)
    expect(read()).toEqual([])
  })

  it('is counted every 10 s while it lasts', () => {
    const { onError, pass, read } = start()
    repeat(60, () => {
      onError(new TimeLimitError('late'))
      pass(1_000)
    })
    expect(read()).toHaveLength(1 + 6)
  })

  it('is one line if there was one failure', () => {
    const { onError, pass, read } = start()
    onError(new TimeLimitError('late'))
    pass(60_000)
    expect(read()).toHaveLength(1)
  })

  it('is logged in words again when it recurs', () => {
    const { onError, pass, read } = start()
    onError(new TimeLimitError('late'))
    pass(10_000)
    onError(new TimeLimitError('late'))
    const [first, second] = read()
    expect(second).toBe(first)
  })
})

describe('any other failure', () => {
  it('is logged once, with its stack and its cause', () => {
    const { onError, read } = start()
    repeat(3, () => onError(new TypeError('x is not a function', { cause: new Error('why') })))
    const [entry, ...more] = read()
    expect(entry).toMatch(/^TypeError: x is not a function\n +at .*error-log\.test\.ts/)
    expect(entry).toMatch(/cause.*why/)
    expect(more).toEqual([])
  })

  it('does not hide one of another kind', () => {
    const { onError, read } = start()
    onError(new TypeError('x is not a function'))
    onError(new TypeError('y is not a function'))
    onError(new TimeLimitError('late'))
    expect(read()).toHaveLength(3)
  })

  it('of PostgreSQL is grouped by SQLSTATE, whatever value its message quotes', () => {
    const { onError, pass, read } = start()
    for (const value of ['a', 'b', 'c'])
      onError(Object.assign(new Error(`not a uuid: ${value}`), { code: '22P02' }))
    expect(read()).toHaveLength(1)
    pass(10_000)
    expect(read()).toEqual(['PostgreSQL error 22P02: 2 more in the last 10 s, latest: not a uuid: c'])
  })

  it.each([['text'], [undefined], [null]])('may be a value that is not an Error: %s', (thrown) => {
    const { onError, read } = start()
    onError(thrown)
    expect(read()).toHaveLength(1)
  })
})
