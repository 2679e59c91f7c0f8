/** States which letters are the same in another case. */
import { describe, expect, test } from 'vitest'
import { casePairs, foldCase } from './fold-case.ts'

/** All up to U+1FFFF: beyond are no letters with case. */
const characters = Array.from({ length: 0x2_0000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
const folded = characters.map(foldCase)

describe('foldCase', () => {
  test.each([
    ['Newsletter', 'newsletter'],
    ['ÜBER Größe', 'über größe'],
    ['ПРИВЕТ', 'привет'],
    ['ΑΘΗΝΑ', 'αθηνα'],
    ['100% _\\"🚀', '100% _\\"🚀'],
  ])('%s is %s', (text, folded) => {
    expect(foldCase(text)).toBe(folded)
  })

  test.each([
    ['the dotted I of Turkish', 'İ'],
    ['the dotless i of Turkish', 'ı'],
    ['a sharp s', 'ß'],
    ['a capital sharp s', 'ẞ'],
    ['the Kelvin sign', '\u212a'],
    ['a long s', 'ſ'],
    ['a final sigma', 'ς'],
    ['a letter between capital and small', 'ǅ'],
    ['a letter with its accent apart', 'e\u0301'],
  ])('%s stays what it is', (_, text) => {
    expect(foldCase(text)).toBe(text)
  })

  test('no letter beyond ASCII becomes one of ASCII', () => {
    expect(folded.filter((letter, i) => letter <= '\x7f' && characters[i]! > '\x7f')).toEqual([])
  })

  test('every character becomes one character, and folding twice changes nothing', () => {
    expect(folded.filter((letter) => [...letter].length !== 1)).toEqual([])
    expect(foldCase(folded.join(''))).toBe(folded.join(''))
  })
})

describe('casePairs', () => {
  test('are the letters beyond ASCII that have a capital, each once', () => {
    expect(casePairs(['größe über', 'ünder ß🚀'])).toEqual({ capitals: 'ÖÜ', small: 'öü' })
    expect(casePairs(['plain', ''])).toEqual({ capitals: '', small: '' })
  })

  test('undo the folding of every character', () => {
    const changed = characters.filter((letter, i) => letter > '\x7f' && folded[i] !== letter)
    const { capitals, small } = casePairs(folded)
    expect(new Set(capitals)).toEqual(new Set(changed.join('')))
    expect(small).toBe(foldCase(capitals))
  })
})
