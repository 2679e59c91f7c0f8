/** JSON without the page's help: old libraries give arrays and dates a `toJSON` of their own, which returns text. */
import { limits } from '@headwater/contract'

type Node = Record<string, unknown>

/**
 * Copies an object as `JSON.stringify` would write it, except that
 *
 * - a `toJSON` that every object or every array has is ignored;
 * - a BigInt becomes the text of its digits;
 * - what has no JSON is left out: functions, symbols, what contains itself or throws when it is read, what is nested
 *   deeper than the collector allows, and everything from the first value that does not fit into `room` characters.
 *
 * `leaveOut` is called with each place where a value was left out, as in `props.order.self` or `props.items.0.price`.
 */
export function plainCopy<T extends object>(
  root: T,
  leaveOut: (path: string) => void = () => {},
  room = Infinity,
): T {
  const parents: unknown[] = []

  // Throws when the value has no JSON.
  function copy(given: unknown, path: string): unknown {
    const value = plain(given)
    if (isObject(value)) return copyObject(value as Node, path)
    room -= `${value}`.length // a symbol has no text
    if (room < 0 || typeof value === 'function') throw new TypeError(path)
    return value
  }

  function copyObject(object: Node, path: string): Node {
    if (parents.includes(object) || parents.length > limits.depth) throw new TypeError(path)
    const result = (Array.isArray(object) ? [] : {}) as Node
    const keys = Object.keys(object)
    parents.push(object)
    for (const key of keys) {
      const place = path + key
      if (--room < 0) break
      try {
        result[key] = copy(object[key], `${place}.`)
      } catch {
        leaveOut(place)
      }
    }
    parents.pop()
    result.toJSON = undefined // hides one that the page has added to every object
    return result
  }

  return copyObject(root as Node, '') as T
}

export function toJson(root: object): string {
  return JSON.stringify(plainCopy(root))
}

/** The ISO time of a date. The `toISOString` of Datejs puts it in quotes. */
export function isoTime(date: Date): string {
  return date.toISOString()?.replace(/"/g, '') // Moment returns null for an invalid date
}

interface Self {
  toISOString?: Date['toISOString']
  toJSON?(): unknown
}

const isObject = (value: unknown): value is Self => typeof value === 'object' && value !== null
const anyObject: Self = {}
const anyList: Self & unknown[] = []

/** What to write instead of the value: dates and others provide it themselves. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`
  if (!isObject(value)) return value
  // A date's toJSON may be an old library's. Only `toISOString` is read of it.
  if (value.toISOString) return isoTime(value as Date)
  const isOwn = ![undefined, anyObject.toJSON, anyList.toJSON].includes(value.toJSON)
  return isOwn ? value.toJSON?.() : value
}
