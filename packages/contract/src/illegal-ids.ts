/** Recognises texts that are no ids: what bugs and placeholders leave where an id should be. It ships in the SDK. */

const placeholders = new Set(
  (
    'null undefined none nil nan n/a na -1 true false unknown anonymous anon guest system backend user client visitor customer ' +
    'distinct id userid clientid distinctid email not set authenticated your here'
  ).split(' '),
)

/**
 * Would this id make one customer out of many? Compared without case, surrounding spaces and quotes. Refused are words that
 * mean nothing, also joined (`undefined.undefined`, `user_id`), zeros, `[object …]`, the source of a function, and
 * templates that were never filled in: a name without digits in brackets or percent signs (`{{client_id}}`, `(not set)`).
 */
export function isIllegalId(id: string): boolean {
  const bare = id
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
    .trim()
    .toLowerCase()
  if (/^[0-]*$|^(\[object|function)\b/.test(bare) || placeholders.has(bare)) return true
  if (/\d/.test(bare)) return false
  return (
    /^[$#*]?[[({<%|].*[\])}>%|]\*?$/s.test(bare) ||
    bare.split(/[^\p{L}]+/u).every((word) => !word || placeholders.has(word))
  )
}
