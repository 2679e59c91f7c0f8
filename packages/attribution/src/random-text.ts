/** Recognises randomly generated text, such as a token; only the collector needs it. */

/** The shortest tokens of frameworks have 20 characters (Devise, WordPress); shorter texts are more often ids. */
const minLength = 20

/** A run of letters and digits shorter than this is too short to judge by its letters only. */
const minRun = 13

/** Capitals where words have none. */
const mixedCases = /[a-z][A-Z]|[A-Z]{2}[a-z]/

/**
 * By first letter, the letters that hardly ever follow it in words: 38 % of all pairs, and 1 % of the pairs in words. Counted
 * over English prose and the names of countries, languages and currencies in 30 European languages (Unicode CLDR).
 */
const rareFollowers: Record<string, string> = {
  b: 'bdfgjkmnpqtvxz',
  c: 'bdfgjmpqvwx',
  d: 'bfkpqtvwx',
  f: 'bcdhjkmnpqstvwxyz',
  g: 'bcfmpqwxz',
  h: 'bcdfghjkpqvwxyz',
  j: 'bdfghjklmpqrtvwxyz',
  k: 'bdfgjnpqxz',
  l: 'jqrwxz',
  m: 'dfghjklnqrtvwxz',
  n: 'qrwx',
  o: 'qx',
  p: 'bdfgjkmnqvwxyz',
  q: 'abcdefghijklmnopqrstvwxyz',
  r: 'hqx',
  s: 'bdgqx',
  t: 'bdfgkmpqwz',
  u: 'fq',
  v: 'bcdfghjklmnpqtvwxz',
  w: 'bcdfgjklmpqtuvwxz',
  x: 'abcdfgjklmnoqrsuvwxyz',
  y: 'bfghqvwxyz',
  z: 'cdfghmpqrvwxz',
}

/**
 * Was this text generated at random? It was, if in a run of 13 or more letters and digits every fourth place is unlike
 * words: a letter next to a digit, two letters that do not follow each other, half for a small letter before a capital.
 * Signs such as `-` and `_` may split a token into shorter runs; then the whole is judged, if it mixes cases as no word
 * does. Well-known forms of ids do not count as random: UUIDs, ULIDs, the 24 hex digits of MongoDB.
 */
export function isRandom(text: string): boolean {
  if (text.length < minLength || !mayBeRandom(text) || isPublicId(text)) return false
  const runs = text.match(/[a-z\d]+/gi) ?? []
  if (runs.some((run) => isHash(run) || (run.length >= minRun && oddities(run) * 4 >= run.length)))
    return true
  const hasWord = runs.some((run) => /^[A-Z]?[a-z]{3,}$/.test(run))
  return mixedCases.test(text) && !hasWord && sum(runs.map(oddities)) * 3.5 >= text.length
}

/** Rules out nearly everything that people write, at the cost of two scans. */
export function mayBeRandom(text: string): boolean {
  return mixedCases.test(text) || hasLongRun(text)
}

/** A loop, because a pattern would start over at each character. */
function hasLongRun(text: string): boolean {
  let length = 0
  for (let at = 0; at < text.length && length < minRun; at++) {
    length = isLetterOrDigit(text.charCodeAt(at)) ? length + 1 : 0
  }
  return length === minRun
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) // a–z, 0–9, A–Z
}

function isHash(run: string): boolean {
  return /^(?=.*\d)(?=.*[a-f])[\da-f]{32,}$/i.test(run)
}

function isPublicId(text: string): boolean {
  return (
    /^[\da-f]{24}$|^[0-7][\dA-HJKMNP-TV-Z]{25}$/.test(text) ||
    /^\{?[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}\}?$/i.test(text)
  )
}

/** How often the run breaks the habits of words. */
function oddities(run: string): number {
  let count = 0
  for (let at = 1; at < run.length; at++) count += oddityOf(run.charAt(at - 1), run.charAt(at))
  return count
}

function oddityOf(before: string, after: string): number {
  if (isDigit(before) !== isDigit(after)) return 1
  if (rareFollowers[before.toLowerCase()]?.includes(after.toLowerCase())) return 1
  return before >= 'a' && after <= 'Z' && !isDigit(after) ? 0.5 : 0
}

function isDigit(character: string): boolean {
  return character <= '9' // of letters and digits, the digits come first
}

function sum(counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
