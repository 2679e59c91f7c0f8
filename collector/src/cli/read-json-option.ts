/** Reads a command-line option whose value is JSON, or the path of a file that holds it. */
import { readFileSync } from 'node:fs'
import { OperationError } from '../operation-error.ts'

/** Returns a reader of the option; it throws an OperationError when there is no such file, or no JSON in it. */
export const readJsonOption =
  (option: string) =>
  (value: string): unknown => {
    const isJson = /^\s*[[{]/.test(value)
    const text = isJson ? value : readText(option, value)
    try {
      return JSON.parse(text)
    } catch (error) {
      const place = isJson ? 'Its value' : `The file ${value}`
      throw new OperationError(`--${option}: ${place} is not valid JSON: ${messageOf(error)}. Correct it.`)
    }
  }

function readText(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new OperationError(
      `--${option}: The file cannot be read: ${messageOf(error)}. Pass the path of a JSON file, or the JSON itself.`,
    )
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
