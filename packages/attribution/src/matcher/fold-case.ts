/** Folds case so that JavaScript and PostgreSQL agree, whatever locale and Unicode version the database has. */

/**
 * The text in small letters. Only a capital that is alone with its small letter is folded: `Ü` and `ü` are the same; `İ`,
 * `ẞ`, the Kelvin sign and a final sigma stay what they are. Texts are not normalized: a letter and its accent in two
 * characters differ from the same in one.
 */
export function foldCase(text: string): string {
  return text.replace(/[A-Z\u0080-\u{10ffff}]/gu, foldLetter)
}

function foldLetter(letter: string): string {
  const small = letter.toLowerCase()
  return small.toUpperCase() === letter ? small : letter
}

/**
 * The letters beyond ASCII in folded texts, with their capitals at the same positions. Whoever compares another text to these
 * needs to fold only these letters, and those of ASCII.
 */
export function casePairs(foldedTexts: readonly string[]): { capitals: string; small: string } {
  const letters = new Set(foldedTexts.join('').match(/[\u0080-\u{10ffff}]/gu))
  const small = [...letters].filter((letter) => capitalOf(letter) !== letter)
  return { capitals: small.map(capitalOf).join(''), small: small.join('') }
}

function capitalOf(letter: string): string {
  const capital = letter.toUpperCase()
  return foldCase(capital) === letter ? capital : letter
}
