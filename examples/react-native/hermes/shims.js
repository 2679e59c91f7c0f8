/**
 * What the SDK needs and the command line of Hermes 0.12 lacks, which React Native has: `fetch`, `AbortController`,
 * `performance`, and timers that respect their delays. Time and random numbers are the same in each run, because a run
 * cannot wait for an answer: it ends with a request, and the next run repeats it with the answers so far (`answers`).
 */
const later = globalThis.setTimeout
const timers = []
let now = 0
let lastId = 0

globalThis.setTimeout = (task, ms = 0) => {
  timers.push({ id: ++lastId, at: now + ms, task })
  return lastId
}
globalThis.clearTimeout = (id) => {
  const at = timers.findIndex((timer) => timer.id === id)
  if (at >= 0) timers.splice(at, 1)
}

/** Lets promises settle, then moves time to the next timer, again and again. */
function pump(turnsLeft) {
  if (turnsLeft > 0) return later(() => pump(turnsLeft - 1), 0)
  timers.sort((a, b) => a.at - b.at)
  const next = timers.shift()
  if (!next) return print('STUCK')
  now = next.at
  next.task()
  pump(100)
}

globalThis.performance = { now: () => now }
const RealDate = Date
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length > 0 ? args : [startedAt + now]))
  }
}
let seed = 1
Math.random = () => {
  seed = (seed * 48271) % 2147483647
  return seed / 2147483647
}

globalThis.AbortController = class {
  signal = {}
  abort() {}
}

let asked = 0
globalThis.fetch = async (url, { body }) => {
  const answer = answers[asked++]
  if (!answer) {
    print(`REQUEST ${JSON.stringify({ url, body })}`)
    quit()
  }
  if (answer.status === 0) throw new TypeError('Network request failed')
  return { status: answer.status, headers: { get: () => null }, json: async () => JSON.parse(answer.body) }
}

pump(100)
