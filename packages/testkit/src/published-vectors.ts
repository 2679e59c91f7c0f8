/** Reads the published vectors that our rules are compared with, where the checkout has them beside it. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../../shared/vectors/', import.meta.url).href)

export const hasVectors = existsSync(folder)
if (!hasVectors) console.log('published-vectors.ts: no vectors beside this checkout, nothing to compare with')

export interface Vector<Input, Expected> {
  id: string
  input: Input
  expected: Expected
}

/** Vectors whose rule is not ours, on purpose. */
const exceptions: Record<string, string> = {
  'CG-PH-02': 'puts a tagged link without referrer into Direct; ours is Unassigned, as CG-GA4-30 is',
  'CG-PH-03': 'calls an arrival without any source Unknown; ours is Direct, as CG-PL-01 is',
  'CG-PH-25':
    'looks at the source before a campaign named shopping; ours keeps the order of GA4, as CG-GA4-D17 does',
  'RF-UTM-6': 'asks to keep custom utm_ parameters; the wire format has nine',
  'ID-SG-02-limits':
    'allows five other ids; ours is 500, because a browser that forgets its cookie weekly brings five in a month',
  'ID-LEG-03': 'accepts 00 as a user id; ours refuses zeros, as Segment does',
  'AM-HS-06-simple-decay-legacy': 'sums to 98.4 %, and says itself that it is not to be copied',
}

export function readVectorFile(file: string) {
  return JSON.parse(readFileSync(`${folder}${file}.json`, 'utf8'))
}

/** Reads the list at `path` in a file, for example `money_rounding.vectors`; empty without the folder. */
export function readVectors<V extends { id: string }>(file: string, path = 'vectors'): V[] {
  if (!hasVectors) return []
  const list: V[] = path.split('.').reduce((part, name) => part[name], readVectorFile(file))
  return list.filter(({ id }) => !(id in exceptions))
}
