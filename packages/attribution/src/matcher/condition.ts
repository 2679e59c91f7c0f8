/** What a condition tests, in the few forms on which the evaluator and the SQL compiler must agree. */
import { foldCase } from './fold-case.ts'

export type Scalar = string | number | boolean

/** Tests one field. How values compare is said at `Matcher`. */
export type Condition =
  | { field: string; op: 'is' | 'is_not'; value: Scalar }
  | { field: string; op: 'in' | 'not_in'; value: Scalar[] }
  | { field: string; op: 'contains' | 'starts_with' | 'ends_with'; value: string }
  | { field: string; op: 'gt' | 'gte' | 'lt' | 'lte'; value: number }
  | { field: string; op: 'exists' | 'not_exists' }

export type Op = Condition['op']

/** Texts are folded. */
export type Test =
  | { kind: 'one_of'; texts: string[]; numbers: number[] }
  | { kind: 'contains' | 'starts_with' | 'ends_with'; text: string }
  | { kind: 'gt' | 'gte' | 'lt' | 'lte'; number: number }
  | { kind: 'exists' }

const negations: readonly Op[] = ['is_not', 'not_in', 'not_exists']

/** The test, and whether the condition holds just where the test does not. */
export function readCondition(condition: Condition): { test: Test; isNegated: boolean } {
  return { test: testOf(condition), isNegated: negations.includes(condition.op) }
}

function testOf(condition: Condition): Test {
  switch (condition.op) {
    case 'is':
    case 'is_not':
      return oneOf([condition.value])
    case 'in':
    case 'not_in':
      return oneOf(condition.value)
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return { kind: condition.op, text: foldCase(condition.value) }
    case 'exists':
    case 'not_exists':
      return { kind: 'exists' }
    default:
      return { kind: condition.op, number: condition.value }
  }
}

function oneOf(values: readonly Scalar[]): Test {
  return {
    kind: 'one_of',
    texts: values.map((value) => foldCase(String(value))),
    numbers: values.map(numberOf).filter(Number.isFinite),
  }
}

/** The number that a value is or spells as JSON does, else NaN. */
function numberOf(value: Scalar): number {
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(String(value))
  return isNumber ? Number(value) : Number.NaN
}
