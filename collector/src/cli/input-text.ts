/** Writes what is wrong with the input of an operation in the words of the command line. */
import type { InputProblem } from '../operation-error.ts'

/**
 * What a command calls the fields of its operation, where that is not the option of the same name: another option, words for an
 * argument without a name, or a text in place of the whole message.
 */
export type TypedNames = Record<string, string | ((message: string) => string)>

export const inputText = (problems: readonly InputProblem[], names: TypedNames = {}): string =>
  problems.map((problem) => problemText(problem, names)).join('\n')

function problemText({ field, message }: InputProblem, names: TypedNames): string {
  if (field === '') return message
  const name = names[field] ?? `--${field.replaceAll('_', '-')}`
  return typeof name === 'function' ? name(message) : `${name} ${message}`
}
